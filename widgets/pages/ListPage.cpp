// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/ListPage.h"

#include "base/Text.h"
#include "domain/LinkState.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/StateView.h"
#include "pages/KeyHintBar.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QTimer>
#include <QVBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

ListPage::ListPage(const QString &name, const Words &words, QWidget *parent)
    : QWidget(parent)
    , m_header(new PageHeader(words.title))
    , m_search(new SearchField(words.placeholder))
    , m_tools(hbox())
    , m_table(new views::DataTable(words.title))
    , m_soon(new QTimer(this))
{
    setObjectName(name);
    setAccessibleName(words.title);
    m_search->setObjectName(name + u".filter"_s);
    m_search->setAccessibleName(words.filterName);
    m_search->setMaximumWidth(scaled(330));
    m_tools->addWidget(m_search, 1);
    m_tools->addStretch(1);
    m_table->setObjectName(name + u".table"_s);
    m_table->setPlaceholder(words.noMatch);

    m_soon->setSingleShot(true);
    m_soon->setInterval(100);
    connect(m_soon, &QTimer::timeout, this, &ListPage::settle);
    connect(filter(), &items::FilterProxy::filterChanged, this, &ListPage::settleSoon);
    connect(m_search, &SearchField::changed, filter(), &items::FilterProxy::setText);
    connect(m_search, &SearchField::left, this, &ListPage::focusTable);
    connect(m_search, &SearchField::moveDown, this, [this] { focusRow(); });
    connect(m_search, &SearchField::entered, this, [this] { openFound(); });
    connect(m_table, &views::DataTable::keyTyped, this, &ListPage::keyTyped);
    connect(m_table, &views::DataTable::currentKeyChanged, this, &ListPage::currentChanged);
}

Segment *ListPage::addViews(const QString &name, const QStringList &labels)
{
    auto *views = new Segment(name, labels);
    views->setObjectName(objectName() + u".views"_s);
    m_tools->addWidget(views);
    return views;
}

void ListPage::setRows(QAbstractItemModel *model, const QList<views::ColumnSpec> &columns, int sortColumn, Qt::SortOrder order)
{
    m_table->setColumns(columns);
    setSource(model);
    m_table->sortBy(sortColumn, order);
}

void ListPage::setSource(QAbstractItemModel *model)
{
    if (QAbstractItemModel *before = m_table->source())
        disconnect(before, nullptr, this, nullptr);
    m_table->setSource(model);
    connect(model, &QAbstractItemModel::rowsInserted, this, &ListPage::settleSoon);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &ListPage::settleSoon);
    connect(model, &QAbstractItemModel::dataChanged, this, &ListPage::settleSoon);
    connect(model, &QAbstractItemModel::modelReset, this, &ListPage::settleSoon);
}

void ListPage::showFrom(int column, int width)
{
    m_showFrom.append({column, width});
}

QWidget *ListPage::tableCard(const QList<std::pair<QString, QString>> &keys)
{
    auto *card = new Card(Card::Padding::Flush);
    card->body()->addWidget(m_table);
    auto *foot = hbox();
    foot->setContentsMargins(12, 5, 12, 6);
    m_foot = new ElidedLabel({}, Type::Meta, Token::Dim);
    foot->addWidget(m_foot, 1);
    foot->addWidget(new KeyHintBar(keys));
    card->body()->addLayout(foot);
    connect(m_table, &views::DataTable::countsChanged, this, [this] { m_foot->setText(footText()); });
    return card;
}

QWidget *ListPage::beside(QWidget *list, QWidget *panel)
{
    auto *split = new QWidget;
    auto *row = hbox(16);
    row->addWidget(list, 5);
    row->addWidget(panel, 2);
    split->setLayout(row);
    return split;
}

QWidget *ListPage::inStates(QWidget *content)
{
    m_state = new StateView(content);
    m_state->setObjectName(objectName() + u".state"_s);
    connect(m_state, &StateView::triggered, this, [this](const QString &id) {
        if (id == "allow"_L1)
            emit signInRequested();
        else
            offered(id);
    });
    return m_state;
}

void ListPage::arrange(QWidget *body, const QList<QWidget *> &above, const QList<QWidget *> &below)
{
    auto *page = vbox(12);
    page->setContentsMargins(space::pageH, space::pageV, space::pageH, space::pageV);
    page->addWidget(m_header);
    for (QWidget *widget : above)
        page->addWidget(widget);
    page->addLayout(m_tools);
    for (QWidget *widget : below)
        page->addWidget(widget);
    page->addWidget(body, 1);
    setLayout(page);
}

void ListPage::settleSoon()
{
    if (!m_soon->isActive())
        m_soon->start();
}

void ListPage::settle()
{
    m_soon->stop();
    updateAnswer();
    if (m_foot)
        m_foot->setText(footText());
    if (m_currentIsOurs && currentKey().isEmpty())
        setCurrentKey(m_table->firstKey());
    updateState();
    updatePanel();
}

ListPage::FeedWords ListPage::feedWords(const QString &) const
{
    return {};
}

void ListPage::offered(const QString &)
{
    emit retryRequested();
}

QString ListPage::footText() const
{
    return m_table->countText();
}

bool ListPage::hasContent() const
{
    return m_table->totalCount() > 0;
}

QString ListPage::offlineTitle(const FeedState &feed)
{
    const QDateTime since = feed.lastGood.toLocalTime();
    if (isSilent(feed))
        return since.isValid() ? tr("The server has not answered since %1").arg(since.toString(u"HH:mm:ss"_s)) : tr("The server is not answering");
    return since.isValid() ? tr("Not connected since %1").arg(since.toString(u"HH:mm"_s)) : tr("Not connected");
}

void ListPage::updateState()
{
    using Phase = FeedState::Phase;
    Error error = m_feed.error;
    error.what = text::safe(error.what);
    error.why = text::safe(error.why);
    error.fix = text::safe(error.fix);
    const QString why = error.why.isEmpty() ? error.what : error.why;
    const FeedWords words = feedWords(why);
    const Offer again{u"again"_s, tr("Check again"), ButtonVariant::Normal};
    m_table->setSkeleton(m_feed.phase == Phase::Loading && m_table->totalCount() == 0);
    m_table->setStale(m_feed.phase == Phase::Stale);
    // A state that says the same is not built anew: the keyboard focus may be on its button.
    const QStringList told{QString::number(static_cast<int>(m_feed.phase)), QString::number(hasContent()), why, error.fix, m_roleRequest,
                           QString::number(m_feed.loaded), QString::number(m_feed.expected), words.reading, words.stale, words.forbidden,
                           words.emptyTitle, words.emptyText, offlineTitle(m_feed)};
    if (std::exchange(m_told, told) == told)
        return;
    switch (m_feed.phase) {
    case Phase::Loading:
        m_state->setLoading(words.reading, words.counted ? m_feed.loaded : 0, words.counted ? m_feed.expected : -1, true);
        return;
    case Phase::Stale:
        m_state->setOffline(offlineTitle(m_feed), words.stale, {{u"again"_s, tr("Try now"), ButtonVariant::Normal}});
        return;
    case Phase::Forbidden: m_state->setForbidden(words.forbidden, why, m_roleRequest, {again}); return;
    case Phase::Failed:
        if (error.what.isEmpty())
            error.what = words.failed;
        // The program that signs in has changed since it was allowed: to ask again helps nobody.
        if (error.kind == Error::Kind::Consent)
            m_state->setError(error, {{u"allow"_s, tr("Review and allow…"), ButtonVariant::Primary}}, m_now);
        else
            m_state->setError(error, {{u"again"_s, tr("Try again"), ButtonVariant::Primary}}, m_now);
        return;
    case Phase::Absent:
        if (!words.absentTitle.isEmpty()) {
            m_state->setEmpty(words.absentTitle, error.why.isEmpty() ? words.absentText : error.why, {again});
            return;
        }
        break;
    case Phase::Live: break;
    }
    if (hasContent())
        m_state->setContent();
    else
        m_state->setEmpty(words.emptyTitle, words.emptyText, words.emptyOffers.value_or(QList<Offer>{again}));
}

void ListPage::setFeed(const FeedState &feed, const QString &roleRequest)
{
    m_feed = feed;
    m_roleRequest = roleRequest;
    updateState();
}

void ListPage::setNow(const QDateTime &now)
{
    m_now = now;
    m_table->viewport()->update();
    updatePanel();
}

QString ListPage::currentKey() const
{
    return m_table->currentKey();
}

void ListPage::setCurrentKey(const QString &key)
{
    m_table->setCurrentKey(key);
}

void ListPage::setFilterText(const QString &text)
{
    m_search->setText(text);
    filter()->setText(text);
}

void ListPage::focusTable()
{
    activeList()->setFocus(Qt::OtherFocusReason);
}

void ListPage::focusFilter()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void ListPage::keyTyped(const QString &key)
{
    if (key == "/"_L1)
        focusFilter();
}

void ListPage::keyPressEvent(QKeyEvent *event)
{
    // Reaches the page only when no text field took it.
    if (event->key() == Qt::Key_F5) {
        emit retryRequested();
    } else if (event->modifiers() == Qt::NoModifier && event->text() == "/"_L1) {
        focusFilter();
    } else {
        QWidget::keyPressEvent(event);
        return;
    }
    event->accept();
}

void ListPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    for (const auto &[column, from] : std::as_const(m_showFrom))
        m_table->setColumnShown(column, width() >= scaled(from));
}

} // namespace cairn::pages
