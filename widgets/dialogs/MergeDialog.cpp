// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/MergeDialog.h"

#include "base/Text.h"
#include "editors/CodeEditor.h"
#include "editors/DiffView.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using overlay::FileStep;
using overlay::Settlement;
using Hunk = Settlement::Hunk;

namespace {

constexpr qsizetype mostHunks = 50; ///< with a choice of their own; the others follow the whole file

QWidget *titled(const QString &title, const QString &aside, QWidget *content)
{
    auto *card = new Card(Card::Padding::Flush);
    card->setOutside(Token::Panel);
    auto *head = hbox(8);
    head->setContentsMargins(12, 8, 12, 8);
    head->addWidget(new Label(title, Type::Section));
    head->addWidget(new ElidedLabel(aside, Type::Meta, Token::Dim, Qt::ElideRight), 1);
    card->body()->addLayout(head);
    card->body()->addWidget(new Line);
    card->body()->addWidget(content, 1);
    return card;
}

QString shortened(const QStringList &lines)
{
    if (lines.isEmpty())
        return MergeDialog::tr("(nothing)");
    const QString first = text::safe(lines.first().trimmed().left(200));
    return lines.size() == 1 ? first : MergeDialog::tr("%1 and %n more line(s)", nullptr, static_cast<int>(lines.size() - 1)).arg(first);
}

} // namespace

MergeDialog::MergeDialog(const MergeView &view, QWidget *parent)
    : QDialog(parent)
    , m_choice(view.choice)
    , m_merges(view.step.act == FileStep::Act::Merge || view.step.act == FileStep::Act::Conflict)
    , m_state(new Label({}, Type::Body, Token::Dim))
    , m_use(new Button(tr("Use this result"), ButtonVariant::Primary))
{
    setObjectName(u"merge"_s);
    setSizeGripEnabled(true);
    paintBackground(this, Token::Panel);
    const QString path = text::safe(view.step.path);
    setWindowTitle(tr("Compare three ways: %1", "file").arg(path));
    m_choice.of = overlay::editOf(view.step);
    m_choice.hunks.resize(view.step.conflicts.size(), Hunk::Open);

    auto *box = vbox(12);
    box->setContentsMargins(22, 20, 22, 18);
    auto *head = vbox(2);
    head->addWidget(new ElidedLabel(path, Type::PageTitle));
    const bool lost = view.step.act == FileStep::Act::Keep;
    head->addWidget(new Paragraph(m_merges ? tr("Cairn wrote this file, and somebody edited it since. Both are shown against what Cairn wrote last.")
                                  : lost   ? tr("It is not known what Cairn wrote here last, if it did, so only the two texts can be compared.")
                                           : tr("The overlay does not need this file any more, but somebody edited it."),
                                  Type::Body, Token::Dim));
    box->addLayout(head);

    const auto diffOf = [](const QString &name, const QList<manifest::DiffLine> &lines) {
        auto *diff = new editors::DiffView;
        diff->setObjectName(name);
        diff->setLines(lines);
        return diff;
    };
    auto *sides = hbox(space::cards);
    if (!lost)
        sides->addWidget(titled(tr("Yours"), tr("against what Cairn wrote last"), diffOf(u"merge.mine"_s, view.mine)), 1);
    if (!view.step.generated.isEmpty())
        sides->addWidget(titled(tr("Generated now"), lost ? tr("against what is there") : tr("against what Cairn wrote last"), diffOf(u"merge.generated"_s, view.generated)), 1);
    box->addLayout(sides, 3);

    auto *choice = hbox(10);
    choice->addWidget(new Label(tr("The whole file"), Type::Section));
    m_file = new Segment(tr("What becomes of the file"), {tr("Both changes"), tr("Keep mine"), view.step.generated.isEmpty() ? tr("Remove it") : tr("Take the generated one")});
    m_file->setObjectName(u"merge.file"_s);
    if (!m_merges) {
        m_file->setSegmentEnabled(0, false, tr("There is no common text that both could be put on."));
        if (m_choice.file == Settlement::File::Both)
            m_choice.file = Settlement::File::Mine;
    }
    m_file->setCurrent(static_cast<int>(m_choice.file));
    choice->addWidget(m_file);
    choice->addWidget(m_state, 1);
    box->addLayout(choice);
    if (!view.step.conflicts.isEmpty()) {
        m_conflicts = makeConflicts(view.step.conflicts);
        box->addWidget(m_conflicts, 1);
    }
    m_result = new editors::CodeEditor(tr("The result"));
    m_result->setObjectName(u"merge.result"_s);
    box->addWidget(titled(tr("Result"), tr("what would be written"), m_result), 2);

    auto *cancel = new Button(tr("Cancel"));
    cancel->setObjectName(u"merge.cancel"_s);
    m_use->setObjectName(u"merge.use"_s);
    auto *foot = hbox(10);
    foot->addStretch(1);
    foot->addWidget(cancel);
    foot->addWidget(m_use);
    box->addLayout(foot);
    setLayout(box);
    resize(scaled(1040), scaled(700));
    m_use->setRefusal(tr("It is being worked out"));
    connect(m_file, &Segment::currentChanged, this, &MergeDialog::choose);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_use, &QPushButton::clicked, this, [this] { emit useRequested(m_choice); });
    m_file->setFocus(Qt::OtherFocusReason);
}

QWidget *MergeDialog::makeConflicts(const QList<manifest::TextMerge::Conflict> &conflicts)
{
    auto *content = new QWidget;
    auto *rows = vbox(8);
    rows->setContentsMargins(0, 2, 8, 2);
    const qsizetype shown = std::min(mostHunks, conflicts.size());
    for (qsizetype i = 0; i < shown; ++i) {
        auto *line = hbox(10);
        auto *words = vbox(0);
        words->addWidget(new Label(tr("Line %1: both changed it", "number").arg(conflicts[i].line), Type::Body));
        words->addWidget(new ElidedLabel(tr("yours: %1", "text of a line").arg(shortened(conflicts[i].mine)), Type::MonoSmall, Token::Dim, Qt::ElideRight));
        words->addWidget(new ElidedLabel(tr("generated: %1", "text of a line").arg(shortened(conflicts[i].theirs)), Type::MonoSmall, Token::Dim, Qt::ElideRight));
        line->addLayout(words, 1);
        auto *hunk = new Segment(tr("Conflict in line %1", "number").arg(conflicts[i].line), {tr("Open"), tr("Mine"), tr("Generated")});
        hunk->setObjectName(u"merge.hunk"_s);
        hunk->setCurrent(static_cast<int>(m_choice.hunks[i]));
        connect(hunk, &Segment::currentChanged, this, &MergeDialog::choose);
        m_hunks.append(hunk);
        line->addWidget(hunk);
        rows->addLayout(line);
    }
    if (shown < conflicts.size())
        rows->addWidget(new Label(tr("and %n more, of which yours stay", nullptr, static_cast<int>(conflicts.size() - shown)), Type::Meta, Token::Dim));
    rows->addStretch(1);
    content->setLayout(rows);
    QScrollArea *scroll = scrollDown(content);
    scroll->setAccessibleName(tr("Conflicts"));
    bindTheme(scroll, [scroll, shown] { scroll->setMinimumHeight(scaled(shown > 1 ? 110 : 60)); });
    return scroll;
}

void MergeDialog::choose()
{
    m_choice.file = static_cast<Settlement::File>(std::max(0, m_file->current()));
    for (qsizetype i = 0; i < m_hunks.size(); ++i)
        m_choice.hunks[i] = static_cast<Hunk>(m_hunks[i]->current());
    if (m_conflicts)
        m_conflicts->setEnabled(m_choice.file == Settlement::File::Both);
    emit chosen(m_choice);
}

void MergeDialog::setResult(const FileStep &settled)
{
    using Act = FileStep::Act;
    const QByteArray text = settled.act == Act::Keep || settled.act == Act::Leave ? settled.before : settled.text;
    const int line = m_result->firstVisibleLine();
    m_result->setText(QString::fromUtf8(text));
    m_result->setFirstVisibleLine(line);
    const auto open = m_choice.file == Settlement::File::Both ? std::ranges::count(m_choice.hunks, Hunk::Open) : 0;
    m_state->setText(settled.act == Act::Remove    ? tr("It is removed, and your edits with it.")
                     : settled.act == Act::Replace ? tr("Your edits are lost.")
                     : open > 0                    ? tr("%n conflict(s) open: your lines stay there.", nullptr, static_cast<int>(open))
                                                   : QString());
    m_use->setRefusal({});
}

} // namespace cairn::dialogs
