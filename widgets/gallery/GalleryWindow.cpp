// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/GalleryWindow.h"

#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Theme.h"

#include <QHBoxLayout>
#include <QListWidget>
#include <QScrollArea>
#include <QVBoxLayout>

namespace cairn::gallery {

using namespace Qt::StringLiterals;

GalleryWindow::GalleryWindow(const kit::GalleryRegistry &registry, QWidget *parent)
    : QWidget(parent)
    , m_registry(registry)
    , m_list(new QListWidget)
    , m_stage(new QScrollArea)
{
    setWindowTitle(u"Cairn gallery"_s);
    kit::paintBackground(this, kit::Token::Bg);
    auto *theme = new kit::Segment(u"Theme"_s, {u"System"_s, u"Light"_s, u"Dark"_s});
    connect(theme, &kit::Segment::currentChanged, this,
        [](int index) { kit::Theme::instance().setMode(static_cast<kit::ThemeMode>(index)); });
    auto *scale = new kit::Segment(u"Text size"_s, {u"100 %"_s, u"125 %"_s, u"150 %"_s, u"200 %"_s});
    connect(scale, &kit::Segment::currentChanged, this, [](int index) {
        constexpr std::array sizes{1.0, 1.25, 1.5, 2.0};
        kit::Theme::instance().setTextScale(sizes[static_cast<size_t>(index)]);
    });
    auto *head = kit::hbox(12);
    head->addWidget(theme);
    head->addWidget(scale);
    head->addStretch();
    for (const kit::GalleryEntry &entry : m_registry.entries())
        m_list->addItem(entry.title);
    m_list->setAccessibleName(u"Entries"_s);
    m_list->setFixedWidth(240);
    m_stage->setWidgetResizable(true);
    m_stage->setFrameShape(QFrame::NoFrame);
    auto *body = kit::hbox(kit::space::cards);
    body->addWidget(m_list);
    body->addWidget(m_stage, 1);
    auto *column = kit::vbox(12);
    column->setContentsMargins(16, 16, 16, 16);
    column->addLayout(head);
    column->addLayout(body, 1);
    setLayout(column);
    connect(m_list, &QListWidget::currentRowChanged, this, &GalleryWindow::showEntry);
    m_list->setCurrentRow(0);
    resize(1280, 800);
}

void GalleryWindow::showEntry(int index)
{
    if (index < 0)
        return;
    const kit::GalleryEntry &entry = m_registry.entries().at(index);
    auto *frame = new QWidget;
    auto *layout = kit::vbox(0);
    layout->setContentsMargins(16, 16, 16, 16);
    QWidget *widget = entry.factory();
    if (!entry.sizes.isEmpty())
        widget->setMinimumSize(entry.sizes.first());
    layout->addWidget(widget, 0, Qt::AlignLeft | Qt::AlignTop);
    frame->setLayout(layout);
    kit::paintBackground(frame, kit::Token::Bg);
    m_stage->setWidget(frame);
}

} // namespace cairn::gallery
