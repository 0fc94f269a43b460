// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>

/// What item models and table views agree on. Models fill these roles, widgets/views paints them.
/// Qt::DisplayRole always holds the whole text of a cell, already safe to show: it is what is copied, filtered and
/// read aloud; the other roles only say how it is painted. A model that needs a longer spoken text (label + value +
/// state, "Checkpoint 12 000, whole, 9 minutes ago") gives it in Qt::AccessibleTextRole; exact times go into
/// Qt::ToolTipRole. Numbers are right-aligned by their column, not by Qt::TextAlignmentRole.
namespace cairn::items {

/// Meaning of a text or a tag. The word always stands beside it; the colour repeats it.
enum class Tone { None, Dim, Ok, Info, Warn, Err, Idle };

enum Role {
    KeyRole = Qt::UserRole + 1, ///< QString, same for all columns of a row: identity that survives updates (the UID)
    SortRole,          ///< any comparable QVariant; missing or invalid sorts last in both directions. Default: DisplayRole
    FilterRole,        ///< QString searched by the filter field instead of DisplayRole; "" leaves the cell out
    ToneRole,          ///< int(Tone) of the first line; default Tone::None
    StrongRole,        ///< bool: first line in semi-bold (names, the newest whole checkpoint, alarming numbers)
    MonoRole,          ///< bool: first line in the code font (paths, ids)
    SecondLineRole,    ///< QString: dim second line of a two-line row
    SecondLineToneRole, ///< int(Tone) of the second line; default Tone::Dim
    TagRole,           ///< TagValue: the word on a tint. A Tag column shows DisplayRole on Tone::Idle without it
    DetailRole,        ///< QString: dim text after the tag, mark or name ("node lost", "3rd")
    TrustRole,         ///< int(cairn::Verdict): mark painted before the text; invalid for none
    ProgressRole,      ///< double 0…1: bar before the text; invalid or negative for none
    ProgressToneRole,  ///< int(Tone) of the bar; default Info (accent)
    ReplicasRole,      ///< ReplicaValue: dots painted before the text "3/4"
    ActionRole,        ///< ActionValue: the one small button of the row
    LoadingRole,       ///< bool: value not read yet, a grey bar is painted instead
};

struct TagValue {
    QString text;
    Tone tone = Tone::Idle;
    bool operator==(const TagValue &) const = default;
};

struct ReplicaValue {
    int ready = 0;
    int desired = 0;
    bool operator==(const ReplicaValue &) const = default;
};

struct ActionValue {
    QString id;             ///< dotted, handed out by DataTable::actionTriggered
    QString text;           ///< names the act; "" for no button
    bool primary = false;
    bool enabled = true;
    QString why;            ///< tooltip; says why it is off
    bool operator==(const ActionValue &) const = default;
};

} // namespace cairn::items

Q_DECLARE_METATYPE(cairn::items::TagValue)
Q_DECLARE_METATYPE(cairn::items::ReplicaValue)
Q_DECLARE_METATYPE(cairn::items::ActionValue)
