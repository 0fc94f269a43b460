// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/YamlDrop.h"

#include <QAbstractScrollArea>
#include <QDropEvent>
#include <QMimeData>
#include <QUrl>
#include <QWidget>

namespace cairn::pages {

YamlDrop::YamlDrop(QWidget *widget)
    : QObject(widget)
    , m_widget(widget)
{
    widget->setAcceptDrops(true);
    widget->installEventFilter(this);
}

void YamlDrop::watch(QWidget *child)
{
    child->installEventFilter(this);
    for (QAbstractScrollArea *area : child->findChildren<QAbstractScrollArea *>()) {
        area->installEventFilter(this);
        area->viewport()->installEventFilter(this);
    }
}

bool YamlDrop::takes(const QMimeData *data, bool own) const
{
    return data->hasUrls() || (own && data->hasText());
}

bool YamlDrop::eventFilter(QObject *watched, QEvent *event)
{
    const bool own = watched == m_widget;
    switch (event->type()) {
    case QEvent::DragEnter:
    case QEvent::DragMove:
    case QEvent::Drop: break;
    default: return QObject::eventFilter(watched, event);
    }
    auto *drop = static_cast<QDropEvent *>(event);
    if (!takes(drop->mimeData(), own))
        return QObject::eventFilter(watched, event);
    drop->setDropAction(Qt::CopyAction); // what is dropped stays where it is
    drop->accept();
    if (event->type() == QEvent::Drop)
        take(drop->mimeData());
    return true;
}

void YamlDrop::take(const QMimeData *data)
{
    const QList<QUrl> urls = data->urls();
    if (urls.isEmpty())
        emit textDropped(data->text());
    else if (urls.size() > 1)
        emit refused(tr("These are %n files; drop one at a time.", nullptr, static_cast<int>(urls.size())));
    else if (!urls.first().isLocalFile())
        emit refused(tr("This is no file of this computer. Save it here first."));
    else
        emit fileDropped(urls.first().toLocalFile());
}

} // namespace cairn::pages
