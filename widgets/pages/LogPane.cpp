// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/LogPane.h"

#include "base/Text.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/StateView.h"
#include "logs/LogView.h"
#include "pages/FlowLayout.h"
#include "pages/KeyHintBar.h"
#include "pages/TabChain.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {
namespace {

/// In one row while that has room beside the buttons, else in several, and asks for their height: a page that scrolls gives it.
class Rows : public QWidget {
public:
    explicit Rows(const QList<QWidget *> &beside)
        : m_beside(beside)
    {
    }
    QSize minimumSizeHint() const override
    {
        const QSize least = QWidget::minimumSizeHint();
        constexpr int edges = 24, gap = 14; // of the foot
        int room = parentWidget() ? parentWidget()->width() - edges : 0;
        for (const QWidget *one : m_beside)
            room -= one->isHidden() ? 0 : one->sizeHint().width() + gap;
        return {std::max(least.width(), std::min(sizeHint().width(), room)), least.height()};
    }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        QWidget::resizeEvent(event);
        setMinimumHeight(layout()->heightForWidth(width()));
    }

private:
    const QList<QWidget *> m_beside;
};

} // namespace


using namespace Qt::StringLiterals;
using namespace cairn::kit;

LogPane::LogPane(QWidget *parent)
    : QWidget(parent)
    , m_buffer(std::make_unique<logs::LogBuffer>())
{
    setObjectName(u"logs"_s);
    setAccessibleName(tr("Logs"));

    m_chipRow = new QWidget;
    new FlowLayout(8, 6, m_chipRow);
    m_previous = new Check(tr("Previous container"));
    m_previous->setObjectName(u"logs.previous"_s);
    m_search = new SearchField(tr("Search text or pattern"));
    m_search->setObjectName(u"logs.search"_s);
    m_search->setAccessibleName(tr("Search in the logs"));
    m_search->setMinimumWidth(scaled(180));
    m_search->setMaximumWidth(scaled(280));
    m_up = Button::icon(u"up"_s, tr("Previous match (Shift+N)"));
    m_down = Button::icon(u"down"_s, tr("Next match (N)"));
    m_error = new Button(tr("First error"), ButtonVariant::Normal, Button::Size::Small);
    m_error->setObjectName(u"logs.error"_s);

    auto *top = hbox();
    top->addWidget(m_chipRow, 1);
    top->addWidget(m_search);
    top->addWidget(m_up);
    top->addWidget(m_down);

    m_view = new logs::LogView;
    m_view->setObjectName(u"logs.view"_s);
    m_view->setAccessibleName(tr("Log lines"));
    m_view->setBuffer(m_buffer.get());
    m_view->setPlaceholder(tr("No lines yet"));

    m_time = new Check(tr("Time"));
    m_pod = new Check(tr("Pod"));
    m_wrap = new Check(tr("Wrap"));
    m_time->setChecked(true);
    m_pod->setChecked(true);
    m_follow = new Button({}, ButtonVariant::Normal, Button::Size::Small);
    m_follow->setObjectName(u"logs.follow"_s);
    m_note = new Label({}, Type::Meta, Token::Dim);

    auto *foot = hbox(14);
    foot->setContentsMargins(12, 6, 12, 6);
    auto *what = new Rows({m_error, m_follow});
    auto *whatRow = new FlowLayout(14, 4, what);
    for (Check *one : {m_time, m_pod, m_wrap, m_previous})
        whatRow->addWidget(one);
    foot->addWidget(what);
    foot->addWidget(m_note);
    foot->addWidget(new KeyHintBar({{u"E"_s, tr("next error")}, {u"N"_s, tr("next match")}, {u"F"_s, tr("follow")}}), 1);
    foot->addWidget(m_error);
    foot->addWidget(m_follow);

    auto *content = new QWidget;
    auto *contentBox = vbox(0);
    contentBox->addWidget(m_view, 1);
    contentBox->addWidget(new Line);
    contentBox->addLayout(foot);
    content->setLayout(contentBox);
    m_state = new StateView(content);
    m_state->setObjectName(u"logs.state"_s);
    auto *card = new Card(Card::Padding::Flush);
    card->body()->addWidget(m_state);

    auto *box = vbox(10);
    box->addLayout(top);
    box->addWidget(card, 1);
    setLayout(box);

    connect(m_search, &SearchField::changed, this, [this](const QString &text) {
        const QString wrong = m_view->setSearch(text);
        m_search->setToolTip(wrong);
        if (!wrong.isEmpty())
            m_search->setNote(tr("invalid pattern"));
        else
            updateNote();
    });
    connect(m_search, &QLineEdit::returnPressed, m_view, &logs::LogView::nextHit);
    connect(m_search, &SearchField::left, m_view, [this] { m_view->setFocus(); });
    connect(m_search, &SearchField::moveDown, m_view, [this] { m_view->setFocus(); });
    connect(m_view, &logs::LogView::searchRequested, this, &LogPane::focusSearch);
    connect(m_view, &logs::LogView::hitsChanged, this, [this] { updateNote(); });
    connect(m_up, &QPushButton::clicked, m_view, &logs::LogView::previousHit);
    connect(m_down, &QPushButton::clicked, m_view, &logs::LogView::nextHit);
    connect(m_error, &QPushButton::clicked, m_view, [this] {
        if (!m_view->firstError())
            m_note->setText(tr("No error found in these lines"));
    });
    connect(m_time, &QCheckBox::toggled, m_view, &logs::LogView::setShowTime);
    connect(m_pod, &QCheckBox::toggled, m_view, &logs::LogView::setShowSource);
    connect(m_wrap, &QCheckBox::toggled, m_view, &logs::LogView::setWrap);
    connect(m_previous, &QCheckBox::toggled, this, &LogPane::previousToggled);
    connect(m_follow, &QPushButton::clicked, m_view, [this] { m_view->setFollow(!m_view->isFollowing()); });
    const auto followText = [this](bool follow) {
        m_follow->setText(follow ? tr("Stop following") : tr("Follow"));
    };
    connect(m_view, &logs::LogView::followChanged, this, followText);
    followText(m_view->isFollowing());
    connect(m_state, &StateView::triggered, this, &LogPane::retryRequested);
    updateTabOrder();
    updateNote();
}

LogPane::~LogPane()
{
    m_view->setBuffer(nullptr);
}

void LogPane::begin(const QStringList &pods)
{
    m_view->setBuffer(nullptr);
    m_buffer = std::make_unique<logs::LogBuffer>();
    m_view->setBuffer(m_buffer.get());
    qDeleteAll(m_chips);
    m_chips.clear();
    m_ended.clear();
    m_first = true;
    m_note->setText({});
    for (const QString &pod : pods)
        addPod(pod);
    m_view->refresh();
}

int LogPane::addPod(const QString &pod)
{
    const QString name = text::safe(pod);
    const int source = m_buffer->addSource(name);
    addChip(source, name);
    return source;
}

void LogPane::addChip(int source, const QString &name)
{
    auto *chip = new Chip(name);
    chip->setCheckable(true);
    chip->setChecked(true);
    chip->setSeries(source);
    chip->setToolTip(tr("Show or hide the lines of %1").arg(name));
    connect(chip, &QAbstractButton::toggled, m_view, [this, source](bool on) { m_view->setSourceShown(source, on); });
    m_chipRow->layout()->addWidget(chip);
    m_chips.append(chip);
    updateTabOrder();
}

void LogPane::updateTabOrder()
{
    QList<QWidget *> stops;
    for (Chip *chip : std::as_const(m_chips))
        stops.append(chip);
    stops.append({m_search, m_up, m_down, m_view, m_time, m_pod, m_wrap, m_previous, m_error, m_follow});
    tabChain(stops);
}

void LogPane::append(std::vector<logs::LogBuffer::Raw> lines)
{
    if (lines.empty())
        return;
    m_buffer->append(std::move(lines));
    m_view->refresh();
    updateChips();
    if (m_first || m_state->state() != StateView::State::Content) {
        m_first = false;
        m_state->setContent();
    }
}

void LogPane::updateChips()
{
    for (qsizetype i = 0; i < m_chips.size(); ++i) {
        const int source = static_cast<int>(i);
        QString detail = text::number(m_buffer->linesOf(source));
        if (const QString end = m_ended.value(i); !end.isEmpty())
            detail = tr("%1 · %2", "number of lines, how the log ended").arg(detail, end);
        m_chips[i]->setDetail(detail);
    }
    m_note->setText(m_buffer->dropped() > 0
                        ? tr("%1 earlier lines omitted", "number of lines").arg(text::number(m_buffer->dropped()))
                        : QString());
}

void LogPane::setPodEnded(int source, const QString &reason)
{
    while (m_ended.size() <= source)
        m_ended.append(QString());
    m_ended[source] = reason.isEmpty() ? tr("ended") : text::safe(reason);
    updateChips();
}

void LogPane::setLoading()
{
    m_state->setLoading(tr("Reading logs…"), 0, -1, m_buffer->size() > 0);
}

void LogPane::setContent()
{
    m_state->setContent();
}

void LogPane::setNothing(const QString &title, const QString &text)
{
    m_state->setEmpty(title, text);
}

void LogPane::setError(const Error &error)
{
    Error safe = error;
    safe.what = text::safe(error.what);
    safe.why = text::safe(error.why);
    safe.fix = text::safe(error.fix);
    m_state->setError(safe, {{u"again"_s, tr("Try again"), ButtonVariant::Primary}});
}

void LogPane::setForbidden(const QString &title, const QString &text, const QString &roleRequest)
{
    m_state->setForbidden(title, text, roleRequest, {{u"again"_s, tr("Check again"), ButtonVariant::Normal}});
}

void LogPane::setPreviousPossible(bool possible, const QString &why)
{
    if (!possible) {
        const QSignalBlocker block(m_previous);
        m_previous->setChecked(false);
    }
    m_previous->setEnabled(possible);
    m_previous->setToolTip(possible ? QString() : why);
    m_previous->setAccessibleDescription(possible ? QString() : why);
}

bool LogPane::isPrevious() const
{
    return m_previous->isChecked();
}

qsizetype LogPane::lineCount() const
{
    return m_buffer->size();
}

void LogPane::updateNote()
{
    const bool searching = !m_search->text().isEmpty();
    m_search->setNote(searching ? tr("%1 of %2", "hit, number of hits").arg(m_view->currentHit()).arg(m_view->hitCount())
                                : QString());
    m_up->setEnabled(searching && m_view->hitCount() > 0);
    m_down->setEnabled(searching && m_view->hitCount() > 0);
}

void LogPane::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void LogPane::keyPressEvent(QKeyEvent *event)
{
    if (event->modifiers() == Qt::NoModifier && event->text() == "/"_L1) {
        focusSearch();
        event->accept();
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace cairn::pages
