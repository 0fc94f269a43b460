// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/Vocabulary.h"

#include <QCoreApplication>

namespace cairn::items {

namespace {

QString word(const char *text)
{
    return QCoreApplication::translate("Vocabulary", text);
}

} // namespace

TagValue tag(JobPhase phase)
{
    switch (phase) {
    case JobPhase::Running: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Running")), Tone::Ok};
    case JobPhase::NodeLost: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Node lost")), Tone::Warn};
    case JobPhase::Restarting: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Restarting")), Tone::Warn};
    case JobPhase::Pending: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Pending")), Tone::Warn};
    case JobPhase::Queued: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Queued")), Tone::Idle};
    case JobPhase::Suspended: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Suspended")), Tone::Idle};
    case JobPhase::Succeeded: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Succeeded")), Tone::Info};
    case JobPhase::Failed: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Failed")), Tone::Err};
    case JobPhase::Unknown: break;
    }
    return {word(QT_TRANSLATE_NOOP("Vocabulary", "Unknown")), Tone::Idle};
}

TagValue tag(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Whole: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Whole")), Tone::Ok};
    case Verdict::Writing: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Writing")), Tone::Info};
    case Verdict::Damaged: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Damaged")), Tone::Err};
    case Verdict::Unverified: break;
    }
    return {word(QT_TRANSLATE_NOOP("Vocabulary", "Unverified")), Tone::Idle};
}

TagValue tag(FullRead result)
{
    switch (result) {
    case FullRead::Proved: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Proved")), Tone::Ok};
    case FullRead::Held: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Holds")), Tone::Ok};
    case FullRead::Read: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Read")), Tone::Idle};
    case FullRead::Unread: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Not read")), Tone::Warn};
    case FullRead::Changed: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Changed")), Tone::Warn};
    case FullRead::Damaged: break;
    }
    return {word(QT_TRANSLATE_NOOP("Vocabulary", "Damaged")), Tone::Err};
}

} // namespace cairn::items
