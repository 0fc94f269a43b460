// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/FindingListModel.h"

#include <QWidget>

class QVBoxLayout;

namespace cairn::kit {
class Button;
class ElidedLink;
class Label;
class Paragraph;
class Sign;
class Tag;
} // namespace cairn::kit

namespace cairn::pages {

/// What is known of the selected finding, or of several of one rule: what it leads to, what it rests on, how to repair it, and
/// the way to accept it. Scrolls down. Pure presentation. GUI thread only.
class FindingPanel : public QWidget
{
    Q_OBJECT
public:
    explicit FindingPanel(QWidget *parent = nullptr);
    void setFinding(const audit::Finding &finding);
    /// Several of one rule, folded into one row.
    void setFold(const QString &title, const QList<audit::Finding> &findings);
    void setNothing(const QString &text);
    /// Why nothing can be accepted; "" where it can.
    void setAcceptRefusal(const QString &why);
    /// What the overlay would do about it, the words of the button, and why it is off; all safe to show. "" takes them away.
    void setOffer(const QString &sentence, const QString &act, const QString &refusal);

signals:
    void offerTaken();
    void objectRequested(const cairn::audit::ObjectName &object);
    void acceptRequested();

private:
    void setHead(audit::Severity severity, const QString &rule, const QString &title);
    void setLinks(const QString &heading, const QList<std::pair<QString, audit::ObjectName>> &links, int more);
    void setText(kit::Label *heading, kit::Paragraph *paragraph, const QString &text);

    QWidget *m_head;
    kit::Sign *m_sign;
    kit::Tag *m_tag;
    kit::Label *m_rule;
    kit::Paragraph *m_title;
    kit::ElidedLink *m_object;
    kit::Paragraph *m_consequence;
    kit::Label *m_linksTitle;
    QWidget *m_linkBox;
    QVBoxLayout *m_links;
    kit::Label *m_fixTitle;
    kit::Paragraph *m_fix;
    kit::Label *m_whyTitle;
    kit::Paragraph *m_why;
    kit::Label *m_offerTitle;
    kit::Paragraph *m_offer;
    kit::Button *m_accept;
    kit::Button *m_add;
    audit::ObjectName m_about;
    QStringList m_shownLinks; ///< buttons that say the same are not made anew: one may have the focus
};

} // namespace cairn::pages
