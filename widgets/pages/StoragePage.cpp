// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/StoragePage.h"

#include "base/Text.h"
#include "charts/UsageChart.h"
#include "items/CellText.h"
#include "items/UsageTableModel.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/StateView.h"
#include "views/DataTable.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <array>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::ClaimTableModel;
using storage::ClaimAccount;
using storage::Severity;
using Trouble = ClaimAccount::Trouble;

namespace {

constexpr std::array<int, 3> daysBack{7, 30, 90};

bool isLost(const ClaimAccount &account)
{
    return account.trouble == Trouble::Lost || account.trouble == Trouble::VolumeGone;
}

} // namespace

StoragePage::StoragePage(QWidget *parent)
    : QWidget(parent)
    , m_model(new ClaimTableModel(this))
    , m_bucketModel(new items::BucketTableModel(this))
    , m_usageModel(new items::UsageTableModel(this))
{
    setObjectName(u"storage"_s);
    setAccessibleName(tr("Storage"));
    m_header = new PageHeader(tr("Storage"));
    m_sourcesButton = new Button(tr("Sources"));
    m_sourcesButton->setObjectName(u"storage.sourcesButton"_s);
    m_sourcesButton->setCheckable(true);
    m_header->addAction(m_sourcesButton);
    m_search = new SearchField(tr("Claim, class, driver, or job"));
    m_search->setObjectName(u"storage.filter"_s);
    m_search->setAccessibleName(tr("Filter claims"));
    m_search->setMaximumWidth(scaled(330));
    m_notice = new Banner;
    m_notice->setObjectName(u"storage.notice"_s);

    auto *split = new QWidget;
    auto *row = hbox(16);
    row->addWidget(makeTables(), 5);
    m_panel = makePanel();
    row->addWidget(m_panel, 2);
    split->setLayout(row);
    m_state = new StateView(split);
    m_state->setObjectName(u"storage.state"_s);

    auto *page = vbox(12);
    page->setContentsMargins(space::pageH, space::pageV, space::pageH, space::pageV);
    page->addWidget(m_header);
    page->addWidget(makeSources());
    page->addWidget(m_notice);
    page->addWidget(m_search);
    page->addWidget(m_state, 1);
    setLayout(page);
    m_sourcesCard->hide();
    m_bucketCard->hide();

    connect(m_sourcesButton, &QPushButton::toggled, m_sourcesCard, &QWidget::setVisible);
    connect(m_kubelet, &QCheckBox::clicked, this, &StoragePage::kubeletRequested);
    connect(m_search, &SearchField::changed, m_table->filter(), &items::FilterProxy::setText);
    m_table->followSearch(m_search);
    connect(m_table, &views::DataTable::keyTyped, this, [this](const QString &key) {
        if (key == "/"_L1)
            focusFilter();
    });
    connect(m_table, &views::DataTable::countsChanged, this, [this] { m_foot->setText(m_table->countText()); });
    connect(m_table, &views::DataTable::currentKeyChanged, this, [this] {
        m_asking.clear();
        updatePanel();
    });
    connect(m_days, &Segment::currentChanged, this, &StoragePage::updatePanel);
    connect(m_asTable, &QPushButton::clicked, this, [this] { showTable(m_chartStack->currentIndex() == 0); });
    connect(m_chart, &charts::UsageChart::tableRequested, this, [this] { showTable(true); });
    connect(m_measure, &QPushButton::clicked, this, [this] {
        const ClaimAccount *account = m_model->find(m_table->currentKey());
        if (!account)
            return;
        if (m_helperAllowed.contains(account->claim.ns) || m_asking == account->key()) {
            m_asking.clear();
            emit measureRequested(account->key());
        } else {
            m_asking = account->key();
            updatePanel();
        }
    });
    connect(m_state, &StateView::triggered, this, &StoragePage::retryRequested);
    updateSources();
    updatePanel();
    updateState();
}

void StoragePage::setClaims(const QList<ClaimAccount> &claims)
{
    m_model->setClaims(claims);
    if (m_table->currentKey().isEmpty() && m_table->rowCount() > 0)
        m_table->setCurrentKey(m_table->model()->index(0, 0).data(items::KeyRole).toString());
    updateAnswer();
    updateState();
    updatePanel();
}

void StoragePage::setBuckets(const QList<items::BucketRow> &buckets)
{
    m_bucketModel->setBuckets(buckets);
    m_bucketCard->setVisible(!buckets.isEmpty());
    // As high as its rows, up to four of them and the header.
    m_buckets->setFixedHeight(m_buckets->rowHeight() * (1 + qMin(4, static_cast<int>(buckets.size()))) + 2);
}

void StoragePage::updateAnswer()
{
    QList<ClaimAccount> all;
    const ClaimAccount *worst = nullptr;
    for (int i = 0; i < m_model->rowCount(); ++i) {
        all.append(*m_model->rowAt(i));
        if (!worst || storage::rank(*m_model->rowAt(i)) < storage::rank(*worst))
            worst = m_model->rowAt(i);
    }
    if (!worst) {
        m_header->setAnswer({});
        return;
    }
    const storage::Totals totals = storage::totals(all);
    const QString path = text::safe(worst->path());
    QString first;
    if (isLost(*worst))
        first = tr("%1 has lost its volume").arg(path);
    else if (worst->fraction() >= 0.97)
        first = tr("%1 is %2 % full").arg(path).arg(qRound(worst->fraction() * 100));
    else if (worst->forecast.days >= 0 && worst->forecast.days < 2)
        first = tr("%1 is full in %n hour(s)", nullptr, static_cast<int>(worst->forecast.days * 24)).arg(path);
    else if (worst->forecast.days >= 0 && worst->forecast.days <= 90)
        first = tr("%1 is full in %n day(s)", nullptr, static_cast<int>(worst->forecast.days)).arg(path);
    else if (storage::severity(*worst) == Severity::Soon)
        first = tr("%1 is %2 % full").arg(path).arg(qRound(worst->fraction() * 100));
    QStringList parts;
    if (!first.isEmpty())
        parts.append(first);
    if (totals.capacity > 0)
        parts.append(tr("%1 of %2 in %n claim(s)", nullptr, totals.claims - totals.silent).arg(text::bytes(totals.used), text::bytes(totals.capacity)));
    if (totals.silent > 0)
        parts.append(tr("%n without numbers", nullptr, totals.silent));
    m_header->setAnswer(parts.join(u" · "_s));
}

void StoragePage::updatePanel()
{
    const ClaimAccount *account = m_model->find(m_table->currentKey());
    m_panel->setVisible(account != nullptr);
    m_chartCard->setVisible(account != nullptr);
    if (!account)
        return;
    const Severity severity = storage::severity(*account);
    m_name->setText(text::safe(account->claim.name));
    if (isLost(*account))
        m_tag->set(tr("Volume lost"), Tone::Err);
    else if (account->trouble == Trouble::Pending)
        m_tag->set(tr("Not bound"), Tone::Warn);
    else if (account->trouble == Trouble::VolumeFailed)
        m_tag->set(tr("Volume failed"), Tone::Err);
    else if (account->trouble == Trouble::Deleting)
        m_tag->set(tr("Being deleted"), Tone::Warn);
    else if (severity == Severity::Now)
        m_tag->set(account->fraction() >= 0.97 ? tr("Nearly full") : tr("Full soon"), Tone::Err);
    else if (severity == Severity::Soon)
        m_tag->set(tr("Filling up"), Tone::Warn);
    else
        m_tag->set(tr("Bound"), Tone::Idle);
    QStringList where{text::safe(account->claim.ns)};
    if (!account->claim.storageClass.isEmpty())
        where.append(text::safe(account->claim.storageClass));
    for (const QString &mode : account->claim.accessModes)
        where.append(text::safe(mode));
    m_where->setText(where.join(u" · "_s));
    const QString trouble = storage::troubleText(*account);
    m_trouble->setText(trouble);
    m_trouble->setVisible(!trouble.isEmpty());
    const QString sharing = storage::sharingText(*account);
    m_sharing->setText(sharing);
    m_sharing->setVisible(!sharing.isEmpty());
    // What is not bound said so above already.
    const QString silence = trouble.isEmpty() ? storage::silenceText(*account) : QString();
    m_silence->setText(silence);
    m_silence->setVisible(!silence.isEmpty());

    QString used = u"–"_s;
    QString free = u"–"_s;
    QString files = u"–"_s;
    QString measured = u"–"_s;
    if (const std::optional<VolumeUse> &use = account->use) {
        used = ClaimTableModel::used(*account);
        if (account->isLimited())
            free = text::bytes(use->available >= 0 ? use->available : qMax<qint64>(0, use->capacity - use->used));
        if (use->inodesUsed >= 0 && use->inodes > 0)
            files = tr("%1 of %2", "used, there are").arg(text::number(use->inodesUsed), text::number(use->inodes));
        measured = tr("%1, %2", "by, when").arg(storage::sourceName(use->source), text::ago(use->at, m_now));
    }
    QString full = account->use ? ClaimTableModel::fullIn(*account) : u"–"_s;
    if (account->forecast.days >= 0 && account->forecast.soonest >= 0) {
        full = account->forecast.latest < 0
            ? tr("%1, at least %2", "likely, soonest").arg(full, tr("%1 d", "days").arg(qint64(account->forecast.soonest)))
            : tr("%1, likely %2 to %3", "likely, soonest, latest days").arg(full).arg(qint64(account->forecast.soonest)).arg(qint64(account->forecast.latest));
    }
    const QString rate = ClaimTableModel::rate(*account);
    const Claim &claim = account->claim;
    const QString granted = claim.capacity >= 0 ? text::bytes(claim.capacity) : u"–"_s;
    const QStringList values{used, free, files, full,
                             !rate.isEmpty()                                                                ? rate
                                 : account->forecast.state == storage::Forecast::State::NotGrowing ? tr("none")
                                                                                                            : u"–"_s,
                             measured,
                             claim.requested >= 0 && claim.requested != claim.capacity ? tr("%1, asked for %2").arg(granted, text::bytes(claim.requested)) : granted,
                             claim.volume.isEmpty() ? u"–"_s : text::safe(claim.volume),
                             account->driver.isEmpty() ? u"–"_s : text::safe(account->driver)};
    for (qsizetype i = 0; i < values.size(); ++i)
        m_values[i]->setText(values[i]);
    updateMeasure(*account);
    updateShares(*account);
    updateChart(*account);
}

void StoragePage::updateMeasure(const ClaimAccount &account)
{
    const bool bound = account.trouble == Trouble::None && account.claim.volumeMode != "Block"_L1;
    const bool running = m_measuring.contains(account.key());
    const bool allowed = m_helperAllowed.contains(account.claim.ns);
    const bool asking = m_asking == account.key();
    m_measure->setVisible(bound);
    m_measure->setEnabled(!running);
    m_measure->setText(running ? tr("Measuring…") : asking ? tr("Agree and measure") : allowed ? tr("Measure now") : tr("Measure…"));
    QString words;
    const auto problem = m_measureProblems.constFind(account.key());
    if (running)
        words = tr("A helper pod asks the file system how full it is.");
    else if (asking)
        words = tr("Cairn makes a Job in namespace %1 with the image of a pod that uses the claim. It mounts the claim read-only, asks the "
                   "file system how full it is, and is gone a minute later. This also allows the Jobs that list checkpoints there.")
                    .arg(text::safe(account.claim.ns));
    else if (problem != m_measureProblems.cend())
        words = text::safe(problem->oneLine());
    m_measureText->setToken(!running && !asking && !words.isEmpty() ? Token::Err : Token::Dim);
    m_measureText->setText(words);
    m_measureText->setVisible(bound && !words.isEmpty());
}

void StoragePage::updateShares(const ClaimAccount &account)
{
    QStringList users;
    for (const storage::ClaimUser &user : account.users.mid(0, 8)) {
        const QString name = text::safe(user.name);
        users.append(user.pods > 0 ? tr("%1 (%n pod(s))", nullptr, user.pods).arg(name) : tr("%1 (not running)").arg(name));
    }
    if (account.users.size() > 8)
        users.append(tr("%n more", nullptr, static_cast<int>(account.users.size()) - 8));
    QString nobody = tr("Nobody mounts it now.");
    if (account.claim.unusedSince.isValid())
        nobody = tr("Nobody since %1.").arg(items::exactTime(account.claim.unusedSince));
    m_users->setText(users.isEmpty() ? nobody : users.join(u", "_s));

    const bool read = !account.shares.isEmpty();
    m_unread->setVisible(!read);
    m_unread->setText(tr("The checkpoints on it were not read yet: read them on the Checkpoints page."));
    qint64 sum = 0;
    for (const storage::JobShare &share : account.shares)
        sum += share.bytes;
    for (qsizetype i = 0; i < m_shareNames.size(); ++i) {
        const bool there = i < account.shares.size();
        m_shareNames[i]->setVisible(there);
        m_shareSizes[i]->setVisible(there);
        if (!there)
            continue;
        const storage::JobShare &share = account.shares[i];
        m_shareNames[i]->setText(text::safe(share.jobName));
        m_shareNames[i]->setProperty("job", share.jobUid);
        const QString size = share.partial ? tr("at least %1").arg(text::bytes(share.bytes)) : text::bytes(share.bytes);
        m_shareSizes[i]->setText(size);
        m_shareSizes[i]->setToolTip(tr("%n checkpoint(s), read %1", nullptr, share.checkpoints).arg(text::ago(share.readAt, m_now)));
    }
    QStringList foot;
    if (account.shares.size() > m_shareNames.size())
        foot.append(tr("And %n more job(s).", nullptr, static_cast<int>(account.shares.size() - m_shareNames.size())));
    if (read && account.use && account.use->used > sum)
        foot.append(tr("%1 is something else, or of jobs that were not read.").arg(text::bytes(account.use->used - sum)));
    m_shareFoot->setText(foot.join(u' '));
    m_shareFoot->setVisible(!foot.isEmpty());
}

void StoragePage::updateChart(const ClaimAccount &account)
{
    m_chartTitle->setText(tr("%1 over time").arg(text::safe(account.claim.name)));
    charts::UsageData usage;
    usage.samples = account.history;
    usage.capacity = account.isLimited() ? account.use->capacity : -1;
    // The picture moves with the minutes, not with the seconds.
    usage.now = m_now.isValid() ? QDateTime::fromSecsSinceEpoch(m_now.toSecsSinceEpoch() / 60 * 60 + 60, Qt::UTC) : m_now;
    if (account.use && !usage.samples.isEmpty() && usage.samples.last().at < account.use->at)
        usage.samples.append({account.use->at, account.use->used, account.use->capacity, account.use->source});
    usage.days = daysBack.at(static_cast<std::size_t>(qBound(0, m_days->current(), 2)));
    if (account.forecast.state == storage::Forecast::State::Growing) {
        usage.bytesPerDay = account.forecast.bytesPerDay;
        usage.full = account.forecast.days;
        usage.soonest = account.forecast.soonest;
        usage.latest = account.forecast.latest;
    }
    m_chart->setData(usage);
    m_usageModel->setSamples(m_chart->shown());
}

void StoragePage::showTable(bool table)
{
    m_chartStack->setCurrentIndex(table ? 1 : 0);
    m_asTable->setText(table ? tr("Show as chart") : tr("Show as table"));
    m_chartStack->currentWidget()->setFocus(Qt::OtherFocusReason);
}

void StoragePage::setSources(const Sources &sources)
{
    if (sources == m_sources)
        return;
    m_sources = sources;
    updateSources();
}

void StoragePage::updateSources()
{
    QString words = tr("Prometheus: looking for it…");
    if (m_sources.prometheusSought) {
        words = m_sources.prometheus.isEmpty() ? tr("Prometheus: none was found by the labels of its service, or services may not be listed.")
                                               : tr("Prometheus: %1, through services/proxy, each minute.").arg(text::safe(m_sources.prometheus));
    }
    if (!m_sources.prometheusProblem.isEmpty())
        words += u' ' + text::safe(m_sources.prometheusProblem);
    m_prometheus->setText(words);
    m_prometheus->setToken(m_sources.prometheusProblem.isEmpty() ? Token::Dim : Token::Err);
    m_kubelet->setChecked(m_sources.kubelet);
    m_kubeletProblem->setText(text::safe(m_sources.kubeletProblem));
    m_kubeletProblem->setVisible(!m_sources.kubeletProblem.isEmpty());
}

void StoragePage::setHelperAllowed(const QSet<QString> &namespaces)
{
    m_helperAllowed = namespaces;
    updatePanel();
}

void StoragePage::setMeasuring(const QSet<QString> &uids)
{
    m_measuring = uids;
    m_model->setMeasuring(uids);
    updatePanel();
}

void StoragePage::setMeasureProblem(const QString &uid, const Error *error)
{
    if (error)
        m_measureProblems.insert(uid, *error);
    else
        m_measureProblems.remove(uid);
    updatePanel();
}

void StoragePage::setHistoryNotice(const QString &title, const QString &text)
{
    if (title.isEmpty())
        m_notice->clear();
    else
        m_notice->set(Tone::Warn, title, text);
}

void StoragePage::setFeed(const FeedState &feed, const QString &roleRequest)
{
    m_feed = feed;
    m_roleRequest = roleRequest;
    m_table->setStale(feed.phase == FeedState::Phase::Stale);
    updateState();
}

void StoragePage::updateState()
{
    const bool rows = m_model->rowCount() > 0;
    Error error = m_feed.error;
    error.what = text::safe(error.what);
    error.why = text::safe(error.why);
    error.fix = text::safe(error.fix);
    const QString why = error.why.isEmpty() ? error.what : error.why;
    const Offer again{u"again"_s, tr("Check again"), ButtonVariant::Normal};
    m_table->setSkeleton(m_feed.phase == FeedState::Phase::Loading && !rows);
    switch (m_feed.phase) {
    case FeedState::Phase::Loading: m_state->setLoading(tr("Reading claims…"), 0, -1, true); return;
    case FeedState::Phase::Stale:
        m_state->setOffline(m_feed.lastGood.isValid() ? tr("Not connected since %1").arg(m_feed.lastGood.toLocalTime().toString(u"HH:mm"_s))
                                                      : tr("Not connected"),
                            tr("%1 Each number keeps its age; they are renewed as soon as the server answers.").arg(why),
                            {{u"again"_s, tr("Try now"), ButtonVariant::Normal}});
        return;
    case FeedState::Phase::Forbidden:
        m_state->setForbidden(tr("You may not list claims"), why, m_roleRequest, {again});
        return;
    case FeedState::Phase::Failed:
        if (error.what.isEmpty())
            error.what = tr("The claims could not be read");
        m_state->setError(error, {{u"again"_s, tr("Try again"), ButtonVariant::Primary}}, m_now);
        return;
    case FeedState::Phase::Live:
    case FeedState::Phase::Absent: break;
    }
    // Buckets need no claim.
    if (rows || m_bucketModel->rowCount() > 0) {
        if (m_state->state() != StateView::State::Content)
            m_state->setContent();
    } else if (m_state->state() != StateView::State::Empty) {
        m_state->setEmpty(tr("No claims here"), tr("None of the watched namespaces holds a PersistentVolumeClaim."), {again});
    }
}

void StoragePage::setNow(const QDateTime &now)
{
    m_now = now;
    m_model->setNow(now);
    m_bucketModel->setNow(now);
    updatePanel();
}

QString StoragePage::currentClaim() const
{
    return m_table->currentKey();
}

void StoragePage::setCurrentClaim(const QString &uid)
{
    m_table->setCurrentKey(uid);
}

void StoragePage::focusFilter()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void StoragePage::focusTable()
{
    m_table->setFocus(Qt::OtherFocusReason);
}

void StoragePage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // The panel says them too.
    m_table->setColumnShown(ClaimTableModel::Class, width() >= scaled(1060));
    m_table->setColumnShown(ClaimTableModel::UsedBy, width() >= scaled(960));
}

void StoragePage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_F5) {
        emit retryRequested();
        event->accept();
        return;
    }
    if (event->modifiers() == Qt::NoModifier && event->text() == "/"_L1) {
        focusFilter();
        event->accept();
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace cairn::pages
