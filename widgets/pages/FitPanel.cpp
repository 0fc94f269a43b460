// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/FitPanel.h"

#include "base/Text.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Messages.h"
#include "kit/Paint.h"
#include "pages/GpuMapView.h"
#include "pages/LaunchSigns.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using launch::Fit;
using launch::GpuNode;
using launch::GpuPool;
using launch::Point;

namespace {

constexpr qsizetype mostShares = 8;
constexpr qsizetype mostPools = 6;

/// A quota: what is used in grey, what this job takes in accent, what it takes beyond the limit in red.
class ShareBar : public QWidget {
public:
    explicit ShareBar(const Fit::Share &share)
        : m_share(share)
    {
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        bindTheme(this, [this] { setFixedHeight(scaled(7)); });
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        paint::box(painter, rect(), height() / 2.0, color(Token::IdleBg), Qt::transparent);
        const double whole = std::max(m_share.hard, std::max(0.0, m_share.used) + m_share.asked);
        if (m_share.hard < 0 || m_share.used < 0 || whole <= 0)
            return;
        const auto at = [&](double amount) { return width() * std::clamp(amount / whole, 0.0, 1.0); };
        const qreal used = at(m_share.used);
        const qreal within = at(std::min(m_share.hard, m_share.used + m_share.asked));
        painter.fillRect(QRectF(0, 0, used, height()), color(Token::Faint));
        painter.fillRect(QRectF(used, 0, std::max<qreal>(0, within - used), height()), color(Token::Accent));
        if (m_share.used + m_share.asked > m_share.hard)
            paint::piece(painter, QRectF(std::max(used, within), 0, width() - std::max(used, within), height()), paint::Piece::Falls);
    }

private:
    Fit::Share m_share;
};

QString shareText(const Fit::Share &share)
{
    const auto amount = [&](double value) { return launch::amountText(share.resource, std::max(0.0, value)); };
    if (share.hard < 0 || share.used < 0)
        return FitPanel::tr("%1 asked; what is used is not known").arg(amount(share.asked));
    const double left = share.hard - share.used - share.asked;
    return left < -0.5
        ? FitPanel::tr("%1 of %2 in use, %3 asked: %4 too many")
              .arg(amount(share.used), amount(share.hard), amount(share.asked), amount(-left))
        : FitPanel::tr("%1 of %2 in use, %3 asked, %4 left after this")
              .arg(amount(share.used), amount(share.hard), amount(share.asked), amount(left));
}

/// Free GPUs on nodes that have too few of them for a pod.
QString piecesOf(const QList<GpuPool> &pools)
{
    int pieces = 0;
    QStringList names;
    for (const GpuPool &pool : pools) {
        for (const GpuNode &node : pool.nodes) {
            if (!node.ready || !node.open || node.idle() <= 0 || node.asked > 0 || node.shortBy == 0)
                continue;
            pieces += node.idle();
            names.append(text::safe(node.name));
        }
    }
    const QString on = names.size() > 3 ? names.mid(0, 3).join(u", "_s) + u" …"_s : names.join(u", "_s);
    return pieces > 0 ? FitPanel::tr("%n free GPU(s) on %1: too few on one node for a pod.", nullptr, pieces).arg(on) : QString();
}

} // namespace

FitPanel::FitPanel(QWidget *parent)
    : QWidget(parent)
    , m_age(new ElidedLabel({}, Type::Meta, Token::Dim, Qt::ElideRight))
    , m_again(new Button(tr("Refresh"), ButtonVariant::Normal, Button::Size::Small))
    , m_answer(new Paragraph({}, Type::BodyStrong))
    , m_checks(new CheckList)
    , m_ways(new CheckList)
    , m_waysTitle(new Label(tr("Ways to start"), Type::Section))
    , m_errorBox(new QWidget)
    , m_error(vbox(0))
    , m_shares(vbox(6))
    , m_pools(vbox(10))
    , m_sharesBox(new QWidget)
    , m_poolsBox(new QWidget)
    , m_gaps(new Paragraph({}, Type::Meta, Token::Warn))
    , m_source(new Paragraph({}, Type::Meta, Token::Dim))
{
    setObjectName(u"launch.fit"_s);
    setAccessibleName(tr("Whether it can start"));
    m_answer->setObjectName(u"launch.fit.answer"_s);
    m_checks->setObjectName(u"launch.fit.checks"_s);
    m_ways->setObjectName(u"launch.fit.ways"_s);
    m_again->setObjectName(u"launch.fit.again"_s);
    m_gaps->setObjectName(u"launch.fit.gaps"_s);
    m_errorBox->setLayout(m_error);
    m_sharesBox->setLayout(m_shares);
    m_poolsBox->setLayout(m_pools);
    auto *head = hbox(10);
    head->addWidget(new Label(tr("Can it start now?"), Type::Section));
    head->addWidget(m_age, 1);
    head->addWidget(m_again);
    auto *box = vbox(10);
    box->setContentsMargins(14, 12, 14, 14);
    box->addLayout(head);
    for (QWidget *part :
        QList<QWidget *>{m_answer, m_errorBox, m_gaps, m_checks, m_waysTitle, m_ways, m_sharesBox, m_poolsBox, m_source})
        box->addWidget(part);
    box->addStretch(1);
    auto *content = new QWidget;
    content->setLayout(box);
    auto *outer = vbox(0);
    QScrollArea *scroll = scrollDown(content);
    scroll->setAccessibleName(accessibleName());
    outer->addWidget(scroll);
    setLayout(outer);
    paintBackground(this, Token::Bg);
    connect(m_again, &QPushButton::clicked, this, &FitPanel::againRequested);
    connect(m_ways, &CheckList::triggered, this, [this](const QString &, const QString &offer) { emit nodesChosen(offer.toInt()); });
    m_source->setText(tr("Counted from what pods of all namespaces request on each node, the quotas and limits of the namespace, and Kueue's queues. "
                         "Affinity and spread constraints are not looked at."));
    set({});
}

QString FitPanel::wordOf(const LaunchFitView &view)
{
    if (!view.fit || view.state == LaunchFitView::State::Failed)
        return {};
    switch (view.fit->answer) {
    case Fit::Answer::Now: return tr("Starts now");
    case Fit::Answer::Later: return tr("Waits");
    case Fit::Answer::Never: return tr("Never starts");
    case Fit::Answer::Unknown: break;
    }
    return tr("Not known");
}

void FitPanel::set(const LaunchFitView &view)
{
    using State = LaunchFitView::State;
    m_view = view;
    clearLayout(m_error);
    m_errorBox->setVisible(view.state == State::Failed && view.error);
    if (view.state == State::Failed && view.error) {
        auto *note = new Note(Tone::Err, text::safe(view.error->why.isEmpty() ? view.error->fix : view.error->why), text::safe(view.error->what));
        note->setObjectName(u"launch.fit.error"_s);
        m_error->addWidget(note);
    }
    QStringList gaps;
    for (const QString &gap : view.gaps)
        gaps.append(tr("Not seen: %1").arg(gap));
    m_gaps->setText(gaps.join(u'\n'));
    m_gaps->setVisible(!gaps.isEmpty());
    if (!view.fit) {
        m_answer->setText(view.state == State::Failed ? tr("Whether it can start is not known.") : tr("Looking at nodes, pods and quotas…"));
        for (QWidget *part : QList<QWidget *>{m_checks, m_waysTitle, m_ways, m_sharesBox, m_poolsBox})
            part->hide();
        m_shown.reset();
    } else if (!m_shown || *m_shown != *view.fit) {
        m_shown = view.fit;
        m_answer->setText(view.fit->text);
        m_checks->setItems(pointItems(view.fit->points, PointRows::Short));
        m_checks->show();
        showWays(*view.fit);
        showShares(*view.fit);
        showPools(*view.fit);
    }
    updateAge();
}

void FitPanel::setNow(const QDateTime &now)
{
    m_now = now;
    updateAge();
}

void FitPanel::updateAge()
{
    const bool running = m_view.state == LaunchFitView::State::Running;
    QString age = m_view.readAt.isValid() ? tr("read %1").arg(text::ago(m_view.readAt, std::max(m_now, m_view.readAt))) : tr("never read");
    if (running)
        age = m_view.fit ? tr("%1, looking again…").arg(age) : tr("reading…");
    m_age->setText(age);
    m_age->setToken(m_view.state == LaunchFitView::State::Failed && m_view.readAt.isValid() ? Token::Warn : Token::Dim);
}

/// What could be asked for instead, each with its price.
void FitPanel::showWays(const Fit &fit)
{
    QList<CheckItem> items;
    const auto nodes = std::ranges::find(fit.points, u"nodes"_s, &Point::id);
    const bool blocked = std::ranges::any_of(fit.points, [](const Point &point) { return point.id != "nodes"_L1 && point.state == Point::State::Fails; });
    const auto fewer = [&](int pods, const QString &title) {
        const double longer = static_cast<double>(fit.pods) / pods;
        CheckItem item{u"fewer"_s, CheckItem::State::Waiting, title,
            tr("%1 times as long, where the work is shared evenly", "2.5").arg(QString::number(longer, 'g', 2)), {},
            {QString::number(pods), tr("Use %n node(s)", nullptr, pods), ButtonVariant::Normal}};
        items.append(item);
    };
    if (fit.answer == Fit::Answer::Later) {
        items.append({u"wait"_s, CheckItem::State::Waiting, tr("Later, as it is"),
            tr("It waits until there is room, and holds nothing where a queue lets all its pods in at once"), tr("chosen"), {}});
        const int now = fit.now.value_or(0);
        if (nodes != fit.points.end() && nodes->state == Point::State::Look && now > 0 && now < fit.pods)
            fewer(now, tr("Now, on %n node(s)", nullptr, now));
    } else if (const int ever = fit.empty.value_or(0);
               fit.answer == Fit::Answer::Never && !blocked && ever > 0 && ever < fit.pods) {
        fewer(ever, tr("On %n node(s), once they are free", nullptr, ever));
    }
    m_ways->setItems(items);
    m_ways->setVisible(!items.isEmpty());
    m_waysTitle->setVisible(!items.isEmpty());
}

void FitPanel::showShares(const Fit &fit)
{
    clearLayout(m_shares);
    m_sharesBox->setVisible(!fit.shares.isEmpty());
    if (fit.shares.isEmpty())
        return;
    m_shares->addWidget(new Label(tr("Quota"), Type::Section));
    auto *card = new Card;
    card->body()->setSpacing(5);
    for (const Fit::Share &share : fit.shares.mid(0, mostShares)) {
        const QString text = shareText(share);
        const bool over = share.hard >= 0 && share.used >= 0 && share.used + share.asked > share.hard + 0.5;
        auto *row = new QWidget;
        row->setAccessibleName(tr("%1 of %2: %3", "resource, quota, how much").arg(text::safe(share.resource), text::safe(share.name), text));
        auto *column = vbox(3);
        auto *line = hbox(8);
        line->addWidget(new ElidedLabel(text::safe(share.resource), Type::MetaStrong));
        line->addWidget(new ElidedLabel(u"%1 %2"_s.arg(text::safe(share.kind), text::safe(share.name)), Type::Meta, Token::Dim), 1);
        column->addLayout(line);
        column->addWidget(new ShareBar(share));
        column->addWidget(new Paragraph(text, Type::Meta, over ? Token::Err : Token::Dim));
        row->setLayout(column);
        card->body()->addWidget(row);
    }
    if (const qsizetype more = fit.shares.size() - mostShares; more > 0)
        card->body()->addWidget(new Label(tr("and %n more", nullptr, static_cast<int>(more)), Type::Meta, Token::Dim));
    m_shares->addWidget(card);
}

void FitPanel::showPools(const Fit &fit)
{
    clearLayout(m_pools);
    m_poolsBox->setVisible(!fit.pools.isEmpty());
    for (qsizetype i = 0; i < std::min(mostPools, fit.pools.size()); ++i) {
        const GpuPool &pool = fit.pools[i];
        auto *card = new Card;
        auto *head = hbox(8);
        const QString name = pool.name.isEmpty() ? tr("Other GPU nodes") : text::safe(pool.name);
        auto *title = new ElidedLabel(name, Type::Section);
        title->setToolTip(text::safe(pool.label));
        head->addWidget(title, 1);
        head->addWidget(new Label(tr("%1 of %2 GPUs free").arg(pool.idle()).arg(pool.sum(&GpuNode::total)), Type::Meta, Token::Dim));
        card->body()->addLayout(head);
        if (i == 0) {
            auto *legend = hbox(0);
            legend->addWidget(GpuMapView::makeLegend());
            legend->addStretch(1);
            card->body()->addLayout(legend);
        }
        auto *map = new GpuMapView(pool);
        map->setObjectName(u"launch.fit.map"_s);
        card->body()->addWidget(map);
        m_pools->addWidget(card);
    }
    QStringList notes;
    if (fit.idle.value_or(0) > 0)
        notes.append(tr("GPUs left idle on its nodes: %1.").arg(QString::number(*fit.idle)));
    if (const QString pieces = piecesOf(fit.pools); !pieces.isEmpty())
        notes.append(pieces);
    if (const qsizetype more = fit.pools.size() - mostPools; more > 0)
        notes.append(tr("%n more type(s) of nodes are not shown.", nullptr, static_cast<int>(more)));
    if (!notes.isEmpty())
        m_pools->addWidget(new Paragraph(notes.join(u' '), Type::Meta, Token::Dim));
}

} // namespace cairn::pages
