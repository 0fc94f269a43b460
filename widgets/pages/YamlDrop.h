// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

class QMimeData;
class QWidget;

namespace cairn::pages {

/// Lets one file, or text, be dropped on a widget. Fields and editors in it keep taking text; a file that is dropped on them comes here
/// too, for its address is no text to insert. Nothing is read: the owner does that elsewhere. GUI thread only.
class YamlDrop : public QObject {
    Q_OBJECT
public:
    /// Belongs to the widget.
    explicit YamlDrop(QWidget *widget);
    /// Also a file over this child, which takes drops of its own.
    void watch(QWidget *child);

signals:
    void fileDropped(const QString &path);
    void textDropped(const QString &text);
    /// More than one file, or one of another machine; a sentence.
    void refused(const QString &why);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    bool takes(const QMimeData *data, bool own) const;
    void take(const QMimeData *data);
    QWidget *m_widget;
};

} // namespace cairn::pages
