// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/ResumeFlow.h"

#include "base/Async.h"
#include "base/Text.h"
#include "domain/ObjectDecoder.h"

#include <QCoreApplication>
#include <QJsonDocument>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::jobs::detail {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

/// The operator writes the job's status all the time, so a Conflict is common and means little by itself.
constexpr int kWriteTries = 8;
constexpr int kReadTries = 5;

std::chrono::milliseconds pause(int attempt, const Error &error)
{
    if (error.retryAfter)
        return *error.retryAfter;
    return std::chrono::milliseconds(100) * (1 << std::min(attempt, 5));
}

} // namespace

Flow::Flow(ObjectApi &api, ObjectRef ref, const ExecuteOptions &options, std::stop_token stop)
    : m_api(api), m_ref(std::move(ref)), m_options(options), m_stop(std::move(stop))
{
    if (!m_options.now)
        m_options.now = [] { return QDateTime::currentDateTimeUtc(); };
    if (!m_options.sleep)
        m_options.sleep = [](std::chrono::milliseconds time, const std::stop_token &token) {
            return async::sleepFor(time, token);
        };
}

const JobKindFacts &Flow::facts() const
{
    const JobKindFacts *known = jobKindOf(m_ref.kind);
    return known ? *known : cairn::facts(JobKind::PyTorchJob);
}

void Flow::report(ResumeEvent event) const
{
    if (!m_options.progress)
        return;
    event.at = now();
    m_options.progress(event);
}

void Flow::report(ResumeEvent::Stage stage, const QString &text) const
{
    ResumeEvent event;
    event.stage = stage;
    event.text = text;
    report(event);
}

Result<QJsonObject> Flow::live() const
{
    for (int attempt = 0;; ++attempt) {
        Result<QJsonObject> object = m_api.get(m_ref, m_stop);
        if (object) {
            const QString uid = object->value(u"metadata"_s)[u"uid"_s].toString();
            if (!m_ref.uid.isEmpty() && uid != m_ref.uid)
                return fail(Error::Kind::NotFound, Words::tr("The job %1 is gone.").arg(text::safe(m_ref.name)),
                            Words::tr("Another job of the same name took its place."), Words::tr("Open that job and resume it instead."));
            return object;
        }
        if (!object.error().retryable() || attempt + 1 >= kReadTries)
            return object;
        if (!sleep(pause(attempt, object.error())))
            return fail(Error::cancelled());
    }
}

Result<Job> Flow::decoded(const QJsonObject &object) const
{
    return decodeJob(QJsonDocument(object).toJson(QJsonDocument::Compact), facts().id);
}

Result<QList<QJsonObject>> Flow::pods() const
{
    const QString selector = facts().podLabel + u'=' + m_ref.name;
    for (int attempt = 0;; ++attempt) {
        Result<QList<QJsonObject>> pods = m_api.list(kinds::pods(), m_ref.ns, selector, QString(), m_stop);
        if (pods || !pods.error().retryable() || attempt + 1 >= kReadTries)
            return pods;
        if (!sleep(pause(attempt, pods.error())))
            return fail(Error::cancelled());
    }
}

Result<QJsonObject> Flow::write(const Build &build, bool *sent) const
{
    Error last;
    for (int attempt = 0; attempt < kWriteTries; ++attempt) {
        if (attempt > 0 && !sleep(pause(attempt, last)))
            return fail(Error::cancelled());
        const Result<QJsonObject> before = live();
        if (!before)
            return before;
        Result<QJsonObject> patch = build(*before);
        if (!patch)
            return fail(patch.error());
        if (patch->isEmpty())
            return before;
        QJsonObject metadata = patch->value(u"metadata"_s).toObject();
        metadata.insert(u"resourceVersion"_s, before->value(u"metadata"_s)[u"resourceVersion"_s]);
        patch->insert(u"metadata"_s, metadata);
        Result<QJsonObject> after = m_api.patch(m_ref, PatchType::Merge, *patch, {}, m_stop);
        if (after)
            return after;
        last = after.error();
        if (sent && (last.retryable() || last.kind == Error::Kind::Cancelled))
            *sent = true; // the answer got lost, perhaps not the request
        if (last.kind != Error::Kind::Conflict && !last.retryable())
            return fail(last);
    }
    return fail(last);
}

bool isSuspended(const QJsonObject &object)
{
    return object.value(u"spec"_s)[u"runPolicy"_s][u"suspend"_s].toBool();
}

} // namespace cairn::jobs::detail
