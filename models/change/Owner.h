// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/ObjectApi.h"

#include <QDateTime>
#include <optional>

/// Who works on something now. Values and free functions, any thread.
namespace cairn::change {

/// This process on this computer, in a form that tells nobody which it is: "<hash>-<pid>".
QString thisProcess();
/// Whether that process is gone for sure. Of another computer, and of a text that is none of ours, nobody knows: false.
bool isGone(const QString &process);

/// Who carries out a recorded change: an annotation of its record, renewed every ten seconds. Two clocks are never
/// compared: one whose record is not touched while it is watched for 25 s is not at work any more.
struct Owner {
    QString id;      ///< of one flow
    QString process; ///< thisProcess()
    QString who;     ///< "cairnctl 0.1.0 on node-7": raw
    QDateTime since; ///< UTC, by its clock

    /// "cairnctl 0.1.0 on node-7, since 12:03 UTC": safe to show.
    QString text() const;
    QString toText(const QDateTime &seen) const;
    /// nullopt: nobody works on it, or what is there cannot be read.
    static std::optional<Owner> of(const QJsonObject &record);
};
/// "cairn.console/worked-on-by"
QString ownerAnnotation();

/// One flow of this process that owns a record. While it lives, this process knows that the owner is at work.
class Ownership {
public:
    explicit Ownership(const QString &tool, const QDateTime &now);
    ~Ownership();
    Q_DISABLE_COPY_MOVE(Ownership)
    const Owner &owner() const { return m_owner; }

private:
    Owner m_owner;
};
/// What can be said of an owner without watching its record.
enum class AtWork { Yes, No, Unknown };
AtWork isAtWork(const Owner &owner);

} // namespace cairn::change
