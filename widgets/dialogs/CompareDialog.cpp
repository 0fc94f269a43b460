// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/CompareDialog.h"

#include "base/Text.h"
#include "items/CellText.h"
#include "items/ComparisonTableModel.h"
#include "items/Vocabulary.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/StateView.h"
#include "views/DataTable.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using Model = items::ComparisonTableModel;
using Kind = ckpt::Comparison::Kind;

namespace {

QSet<QString> differences()
{
    return {u"added"_s, u"lost"_s, u"changed"_s};
}

} // namespace

CompareDialog::CompareDialog(const QString &a, const QString &b, QWidget *parent)
    : QDialog(parent)
    , m_summary(new Paragraph({}, Type::Section))
    , m_facts(new Card)
    , m_grid(new QGridLayout)
    , m_rows(new Model(this))
    , m_count(new Label({}, Type::Meta, Token::Dim))
{
    setObjectName(u"compare"_s);
    setWindowTitle(tr("Compare %1 with %2").arg(text::safe(a), text::safe(b)));
    paintBackground(this, Token::Panel);
    m_grid->setHorizontalSpacing(22);
    m_grid->setVerticalSpacing(5);
    m_grid->setColumnStretch(1, 1);
    m_grid->setColumnStretch(2, 1);
    m_facts->body()->addLayout(m_grid);

    m_views = new Segment(tr("What is shown"), {tr("Differences"), tr("Tensors"), tr("Files")});
    m_views->setObjectName(u"compare.views"_s);
    m_search = new SearchField(tr("Name, shape or type"));
    m_search->setObjectName(u"compare.search"_s);
    auto *head = hbox(10);
    head->setContentsMargins(12, 9, 12, 7);
    head->addWidget(m_views);
    head->addStretch(1);
    head->addWidget(m_search);

    m_table = new views::DataTable(tr("Differences"));
    m_table->setObjectName(u"compare.rows"_s);
    using views::CellKind;
    m_table->setColumns({{Model::Difference, CellKind::Tag, 92, 150}, {Model::Name, CellKind::Text, 160, 2000, true}, {Model::InA, CellKind::Text, 110, 220},
                         {Model::InB, CellKind::Text, 110, 220}, {Model::Meaning, CellKind::Text, 120, 260}});
    m_table->setSource(m_rows);
    m_table->sortBy(Model::Difference, Qt::AscendingOrder);
    connect(m_search, &SearchField::changed, m_table->filter(), &items::FilterProxy::setText);
    m_table->followSearch(m_search);
    connect(m_table, &views::DataTable::countsChanged, this, &CompareDialog::updateCount);
    connect(m_table, &views::DataTable::keyTyped, this, [this](const QString &key) {
        if (key == "/"_L1)
            m_search->setFocus(Qt::ShortcutFocusReason);
    });
    connect(m_table, &views::DataTable::escaped, this, &QDialog::reject);
    connect(m_views, &Segment::currentChanged, this, [this](int view) { showView(static_cast<View>(view)); });

    auto *content = new QWidget;
    auto *inside = vbox(0);
    inside->addLayout(head);
    inside->addWidget(m_table, 1);
    content->setLayout(inside);
    m_state = new StateView(content);
    m_state->setObjectName(u"compare.state"_s);
    connect(m_state, &StateView::triggered, this, &CompareDialog::retryRequested);
    auto *card = new Card(Card::Padding::Flush);
    card->body()->addWidget(m_state);

    m_close = new Button(tr("Close"), ButtonVariant::Primary);
    m_close->setObjectName(u"compare.close"_s);
    connect(m_close, &QPushButton::clicked, this, &QDialog::accept);
    auto *foot = hbox(10);
    foot->addWidget(m_count, 1);
    foot->addWidget(m_close);
    auto *box = vbox(space::cards);
    box->setContentsMargins(22, 20, 22, 18);
    box->addWidget(new ElidedLabel(windowTitle(), Type::PageTitle));
    box->addWidget(m_summary);
    box->addWidget(m_facts);
    box->addWidget(card, 1);
    box->addLayout(foot);
    setLayout(box);
    m_summary->hide();
    m_facts->hide();
    m_close->setFocus(Qt::OtherFocusReason);
    resize(scaled(960), scaled(640));
}

void CompareDialog::setLoading(const QString &what, qint64 done)
{
    m_state->setLoading(what, done, -1, false, {});
}

void CompareDialog::setError(const Error &error)
{
    m_state->setError(text::safe(error), {{u"again"_s, tr("Try again"), ButtonVariant::Primary}});
}

void CompareDialog::addFacts(const ckpt::Comparison &comparison, const QDateTime &now)
{
    while (QLayoutItem *item = m_grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int row = 0;
    const auto add = [&](const QString &caption, const QString &a, const QString &b) {
        m_grid->addWidget(new Label(caption, Type::Body, Token::Dim), row, 0);
        m_grid->addWidget(new ElidedLabel(a), row, 1);
        // What differs is what one looks for.
        m_grid->addWidget(new ElidedLabel(b, a == b || row == 0 ? Type::Body : Type::Section), row, 2);
        ++row;
    };
    const Checkpoint &a = comparison.a.checkpoint;
    const Checkpoint &b = comparison.b.checkpoint;
    add(tr("Checkpoint"), tr("A: %1").arg(text::safe(a.path)), tr("B: %1").arg(text::safe(b.path)));
    m_grid->addWidget(new Label(tr("Verdict"), Type::Body, Token::Dim), row, 0);
    m_grid->addWidget(new TrustMark(a.verdict, items::tag(a.verdict).text), row, 1, Qt::AlignLeft);
    m_grid->addWidget(new TrustMark(b.verdict, items::tag(b.verdict).text), row, 2, Qt::AlignLeft);
    ++row;
    add(tr("Format"), items::formatLabel(a.format), items::formatLabel(b.format));
    const auto step = [](const Checkpoint &c) { return c.step ? text::number(*c.step) : u"–"_s; };
    add(tr("Step"), step(a), step(b));
    add(tr("Saved"), text::ago(a.savedAt, now), text::ago(b.savedAt, now));
    const auto size = [](const Checkpoint &c) { return tr("%1, %n file(s)", nullptr, c.files).arg(text::bytes(c.bytes)); };
    add(tr("Size"), size(a), size(b));
    const auto tensors = [](const ckpt::Contents &c) {
        const qint64 elements = c.elements();
        return elements < 0 ? tr("%n tensor(s)", nullptr, static_cast<int>(c.tensors.size()))
                            : tr("%n tensor(s), %1 elements", nullptr, static_cast<int>(c.tensors.size())).arg(text::number(elements));
    };
    add(tr("Contents"), tensors(comparison.a), tensors(comparison.b));
}

void CompareDialog::setComparison(const ckpt::Comparison &comparison, const QDateTime &now)
{
    QString summary = comparison.summary;
    const QStringList notes = comparison.a.notes + comparison.b.notes;
    if (!notes.isEmpty())
        summary += u' ' + notes.join(u' ');
    m_summary->setText(summary);
    m_summary->show();
    addFacts(comparison, now);
    m_facts->show();
    m_rows->setRows(comparison.rows);
    const int differing = comparison.differing(Kind::Tensor) + comparison.differing(Kind::File);
    m_views->setLabel(0, tr("Differences %1").arg(text::number(differing)));
    m_views->setLabel(1, tr("Tensors %1").arg(text::number(comparison.count(Kind::Tensor))));
    m_views->setLabel(2, tr("Files %1").arg(text::number(comparison.count(Kind::File))));
    m_state->setContent();
    showView(View::Differences);
    m_table->focusRow();
}

void CompareDialog::showView(View view)
{
    m_views->setCurrent(static_cast<int>(view));
    items::FilterProxy *filter = m_table->filter();
    QHash<int, QSet<QString>> facets;
    switch (view) {
    case View::Differences: facets.insert(Model::DifferenceFacet, differences()); break;
    case View::Tensors: facets.insert(Model::KindFacet, {u"tensor"_s}); break;
    case View::Files: facets.insert(Model::KindFacet, {u"file"_s}); break;
    }
    filter->setFacets(facets);
    m_table->setPlaceholder(!m_search->text().isEmpty()  ? tr("Nothing matches the filter")
                            : view == View::Differences ? tr("No differences: the same tensors in the same shapes, and the same files in the same sizes")
                            : view == View::Tensors     ? tr("Neither names its tensors in a way that Cairn reads")
                                                         : tr("No files"));
    updateCount();
}

void CompareDialog::updateCount()
{
    m_count->setText(m_table->totalCount() > 0 ? m_table->countText() : QString());
}

void CompareDialog::keyPressEvent(QKeyEvent *event)
{
    if (event->modifiers() == Qt::NoModifier && event->text() == "/"_L1) {
        m_search->setFocus(Qt::ShortcutFocusReason);
        event->accept();
        return;
    }
    QDialog::keyPressEvent(event);
}

} // namespace cairn::dialogs
