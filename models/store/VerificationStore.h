// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/Verification.h"

#include <QHash>
#include <memory>

namespace cairn::store {

class HistoryFile;

/// What full reads of checkpoints came to: one SQLite file of this user alone (0600). Of each checkpoint the last result is kept
/// until a file of it changes (stampOf()); of all together the newest 5,000. Damage of the file is as harmless as of the other
/// histories (UsageHistory.h).
///
/// Blocks on the disk: never on the GUI thread. Thread-safe. Several programs may use one file.
class VerificationStore
{
public:
    /// `file` empty is the usual place, $XDG_DATA_HOME/cairn/verified.sqlite. Nothing is opened yet.
    explicit VerificationStore(const QString &file = {});
    ~VerificationStore();

    /// Whether anything was ever kept: reading begins no file.
    bool exists() const;

    /// `place` names what is listed, across programs and days (placeOfFolder() and its like), and ends with its path: a checkpoint is
    /// the same one whichever folder above it was listed.
    Result<> put(const QString &place, const Verification &verification);
    /// nullopt where there is none; one of other files than the checkpoint has now is forgotten.
    Result<std::optional<Verification>> find(const QString &place, const Checkpoint &checkpoint);
    /// Of a whole listing, by path.
    Result<QHash<QString, Verification>> read(const QString &place, const Listing &listing);

    /// Once after a file was set aside: what happened, and under which name it is kept.
    std::optional<Error> takeNotice();

    static constexpr int version = 1;
    static constexpr int mostResults = 5'000;

private:
    const std::unique_ptr<HistoryFile> m_history;
};

} // namespace cairn::store
