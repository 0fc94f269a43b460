// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/Roles.h"
#include "kit/Card.h"

#include <QGridLayout>

namespace cairn::kit {
class ElidedLabel;
class Label;
class Note;
class Paragraph;
class Tag;
} // namespace cairn::kit

namespace cairn::pages {

/// Names in dim at the left, their values at the right; "–" until they are set.
class FactGrid : public QGridLayout
{
public:
    /// `minimum` is the least width of the values, in logical pixels at 100 %.
    explicit FactGrid(const QStringList &names, int minimum = 0);
    /// One for each name.
    void setValues(const QStringList &values);
    kit::ElidedLabel *value(qsizetype at) const { return m_values[at]; }

private:
    QList<kit::ElidedLabel *> m_values;
};

/// What is told of the selected row at the right of a list: its name and tag, where it is, and below it what the page adds
/// to column(). Scrolls down; the keyboard reaches it.
class SidePanel : public kit::Card
{
    Q_OBJECT
public:
    /// Found by `name`, read aloud as `accessibleName` ("The selected node").
    SidePanel(const QString &name, const QString &accessibleName, int minimumWidth = 280);

    QVBoxLayout *column() const { return m_column; }
    /// A heading with room above.
    kit::Label *addSection(const QString &title);
    kit::Paragraph *addParagraph(const QString &name);
    kit::Note *addNote(kit::Tone tone, const QString &name);
    FactGrid *addFacts(const QStringList &names);
    /// The last part, at the foot: where all of it comes from.
    kit::Paragraph *addSource();
    /// All safe to show.
    void setHead(const QString &name, const items::TagValue &tag, const QString &where);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void arrangeHead();
    QBoxLayout *m_head;
    QVBoxLayout *m_column;
    kit::ElidedLabel *m_name;
    kit::Tag *m_tag;
    kit::ElidedLabel *m_where;
};

} // namespace cairn::pages
