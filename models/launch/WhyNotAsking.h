// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Refusals.h"
#include "launch/WhyNot.h"

#include <QCoreApplication>
#include <QJsonObject>
#include <QMap>
#include <functional>

/// How whyNot() goes from stage to stage: shared by its sources, and nobody else's.
namespace cairn::launch::whynot {

using namespace Qt::StringLiterals;
using Verdict = WhyNot::Verdict;
using Evidence = WhyNot::Evidence;
using State = Evidence::State;

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch)
};

enum Stage {
    Taken,
    Runtime,
    Suspended,
    Queue,
    Claims,
    Created,
    Scheduled,
    Volumes,
    Image,
    Containers,
    Training,
    Stages
};

QString idOf(Stage stage);
/// What is asked at a stage.
QString asked(Stage stage);

/// What keeps it at a stage.
struct Trouble {
    Stage stage = Taken;
    Refusal what = {};
    QString source = {};
    QString message = {};
    QDateTime at = {};
};

QString uidOf(const QJsonObject &object);
QDateTime timeOf(const QJsonValue &value);
QDateTime timeOfEvent(const QJsonObject &event);
QJsonObject conditionOf(const QJsonObject &object, QLatin1StringView type);
bool isTrue(const QJsonObject &condition);

/// One job that is asked. Each stage adds the troubles that it finds.
class Asking {
public:
    explicit Asking(const WhyFacts &facts);
    WhyNot run();

private:
    static const JobKindFacts &kindOf(const QJsonObject &job);
    void trouble(Stage stage, const Refusal &what, const QString &source = {}, const QString &message = {},
        const QDateTime &at = {});
    QJsonObject ended() const;
    WhyNot endedAs(const QJsonObject &condition);
    Refusal noRuntime() const;
    /// Events of the job and of what belongs to it, the newest first.
    QList<QJsonObject> eventsAbout(const std::function<bool(const QJsonObject &about)> &wanted) const;
    QList<QJsonObject> eventsOf(const QJsonObject &object) const;
    /// Of the job itself, and of the JobSet and the batch Jobs that Trainer and the MPI operator make for it.
    QList<QJsonObject> eventsOfMakers() const;
    bool taken();
    bool runtime();
    /// Who set `suspend` last, of those whom the server names.
    QString suspendedBy() const;
    void suspended();
    void queue();
    /// Kueue takes the higher priority first, then the older one (pkg/cache/queue of v0.19).
    QString waitsInQueue(const QJsonObject &mine, const QString &why) const;
    void claims();
    void pending(const QJsonObject &claim, const QString &source);
    /// Pods that it ought to have; 0 where that is not known.
    int wanted() const;
    void created();
    void podOf(const QJsonObject &pod);
    void unscheduled(const QJsonObject &pod, const QString &source);
    /// The newest event of a pod with one of these reasons.
    QJsonObject newest(const QJsonObject &pod, const QStringList &reasons) const;
    void stuck(const QJsonObject &pod, const QJsonObject &container, const QString &reason, const QString &message,
        const QString &source);
    /// It has a node, and nothing is said of its containers yet.
    void starting(const QJsonObject &pod, const QString &source);
    QString okText(Stage stage) const;
    WhyNot concluded() const;

    const WhyFacts &m_facts;
    const QJsonObject &m_job;
    const JobKindFacts &m_kind;
    const Spec m_spec;
    QList<Trouble> m_troubles;
    QMap<Stage, QString> m_unknown; ///< what could not be asked
    bool m_suspended = false;
    int m_scheduled = 0;
    int m_running = 0;
};

} // namespace cairn::launch::whynot
