// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Check.h"
#include "checkpoints/Names.h"

namespace cairn::ckpt {

class Index;

/// Number, size and newest change of the files of one checkpoint.
struct Extent {
    int files = 0;
    qint64 bytes = 0;
    qint64 newestMs = 0;
    void add(const Entry &entry);
    void add(const Tree::Others &others);
};

/// What a file is for in its checkpoint.
enum class Role {
    Weights,
    Optimizer,
    State,  ///< random generators, schedulers, counters, data loaders
    Marker, ///< says that the save is finished, or that it is not
    Index,  ///< names or describes other members
    Other
};

struct Member {
    QByteArray path; ///< relative to the listed root
    Role role = Role::Other;
    qint64 size = 0;
};

/// What stands behind "whole", the strongest first.
enum class Proof {
    None,
    MarkerLast, ///< a file that is written after all others
    Renamed,    ///< the writer gives the final name when everything is there
    Tracker,    ///< another file, written afterwards, names this save
    Count,      ///< every file that the set asks for is there
    Probe       ///< each file holds by itself; nothing says that none is missing
};

/// What a format says about one checkpoint, before its run is known.
struct Finding {
    QByteArray path;          ///< what its loader takes
    QByteArray run;           ///< folder of its run
    QString format;
    Check check;
    QString goodReason;       ///< the reason where the check is good
    Proof proof = Proof::None;
    QList<Member> members;    ///< the files that are known one by one
    Extent extent;            ///< of all files
    QList<QByteArray> folders; ///< folders that belong to it beside its own: no other format looks into them
    int filesExpected = 0;
    std::optional<qint64> step;
    QString stepSource;       ///< "name", "json", "pickle" or empty
    std::optional<qint64> counted; ///< the step that its files count, where `step` is its name's: saves of a run are held against each other
    std::optional<double> epoch;
    std::optional<double> loss;
    int ranks = 0;            ///< whose random states are there; 0 where the format keeps none by rank
    bool ranksKnown = false;  ///< the number of ranks was stated, not inferred from the files
    int worldSize = 0;        ///< it loads with this number of processes only; 0 where any will do or nothing is known
    bool holdsTraining = false; ///< what a resume needs beside the weights is there
    QString lack;             ///< why not, where it does not
    bool savesAlike = false;  ///< a run's saves hold the same files: one without a file that the others have is not whole

    void add(const Entry &entry, Role role);
};

/// The step by order of trust: a name that says so, JSON, the pickle, a bare number in the name. The epoch of the name, where
/// it states one, stands before what the finding has.
void decideStep(Finding &finding, const NameFacts &name, std::optional<qint64> json, std::optional<qint64> pickle);

/// Before decideStep(), of a framework that goes on from its own counter whatever the save is called: a step in the pickle
/// that is another than the name's, or the only one.
void takeRecordedStep(Finding &finding, const NameFacts &name, qint64 pickle);

/// A checkpoint that is one file.
void setPlace(Finding &finding, const Entry &entry, Role role);
/// A checkpoint that is one folder, its run being the folder above.
void setPlace(Finding &finding, const QByteArray &folder);
/// What the name of a file says. "step-100/state.pt": the folder tells the step, and the run is the folder above.
NameFacts placeFacts(Finding &finding, const Index &index, const QByteArray &name);

} // namespace cairn::ckpt
