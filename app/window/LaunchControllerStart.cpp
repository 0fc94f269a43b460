// SPDX-License-Identifier: GPL-3.0-or-later
// How a job of LaunchController begins: blank, from a template, another job, a checkpoint, or a text; and the way back.
#include "LaunchController.h"

#include "ConnectViews.h"
#include "base/Text.h"
#include "dialogs/AskDialog.h"
#include "dialogs/TemplateDialog.h"
#include "engine/AuditFlows.h"
#include "engine/JobEditFlows.h"
#include "items/Vocabulary.h"
#include "launch/Incoming.h"
#include "manifest/Prune.h"

#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QPointer>
#include <QRegularExpression>
#include <QTimer>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {

using pages::LaunchCheckpoints;
using pages::LaunchFormer;
using pages::LaunchPage;
using pages::LaunchStart;
using pages::LaunchStartPart;

/// A text from outside, looked at.
struct LaunchController::Opened {
    QByteArray text;
    QStringList others; ///< objects that were left out; safe to show
    bool cleaned = false; ///< what a server had written was taken out
};

namespace {

constexpr qint64 kMostCost = 100LL * 365 * 86'400 * 1000; // ms

Result<QByteArray> readYaml(const QString &path)
{
    if (std::optional<Error> refused = refusedFile(path))
        return fail(*std::move(refused));
    QFile file(path);
    if (!QFileInfo(path).isFile() || !file.open(QIODevice::ReadOnly))
        return fail(Error::Kind::Io, LaunchController::tr("%1 cannot be read").arg(text::safe(path)), file.errorString());
    return file.read(launch::mostTextBytes + 1); // one more says that there is more
}

/// `text` is of one object, or of several among which somebody has to choose.
Result<std::pair<QByteArray, QStringList>> meantOf(const QByteArray &bytes)
{
    const Result<launch::Incoming> incoming = launch::readIncoming(bytes);
    if (!incoming)
        return fail(incoming.error());
    const auto wrong = [](const QString &why, const QString &fix) {
        return fail(Error::Kind::Invalid, LaunchController::tr("There is no job in it"), why, fix);
    };
    if (incoming->text.trimmed().isEmpty())
        return wrong(LaunchController::tr("The text is empty."), {});
    if (incoming->objects.isEmpty())
        return std::pair(incoming->text, QStringList()); // the editor shows its faults
    if (std::ranges::none_of(incoming->objects, &launch::Incoming::Object::isKnown)) {
        const launch::Incoming::Object &first = incoming->objects.first();
        return incoming->objects.size() == 1
            ? wrong(first.why, first.fix)
            : wrong(LaunchController::tr("It holds %1.", "kinds and names").arg(incoming->others(-1).join(u", "_s)), first.fix);
    }
    const int meant = incoming->meant();
    if (meant < 0)
        return std::pair(incoming->text, QStringList());
    return std::pair(incoming->objects.at(meant).text, incoming->others(meant));
}

} // namespace

void LaunchController::wireStart()
{
    LaunchStartPart *starts = m_page->starts();
    connect(starts, &LaunchStartPart::startChosen, this, &LaunchController::startFrom);
    connect(starts, &LaunchStartPart::checkpointsWanted, this, &LaunchController::showCheckpoints);
    connect(starts, &LaunchStartPart::checkpointChosen, this, [this](const QString &uid, const QString &checkpoint) {
        if (checkpoint.isEmpty())
            startFrom(LaunchStart::Clone, uid);
        else
            beginAt(uid, checkpoint);
    });
    connect(starts, &LaunchStartPart::templateChosen, this, &LaunchController::startTemplate);
    connect(starts, &LaunchStartPart::openFileRequested, this, &LaunchController::chooseFile);
    connect(starts, &LaunchStartPart::pasteRequested, this, [this] { openText(QApplication::clipboard()->text()); });
    connect(starts, &LaunchStartPart::objectChosen, this, [this](int index) {
        if (index >= 0 && index < m_objects.size())
            replaceWith(launch::withoutServersOwn(m_objects.at(index).text), {LaunchStart::Yaml, {}, {}, m_objects.at(index).text});
    });
    connect(starts, &LaunchStartPart::formerRequested, this, [this] { goBack(true); });
    connect(m_page, &LaunchPage::fileDropped, this, &LaunchController::openFile);
    connect(m_page, &LaunchPage::textDropped, this, &LaunchController::openText);
    connect(m_page, &LaunchPage::dropRefused, this, [this](const QString &why) { emit notice(kit::Tone::Warn, tr("Nothing was opened"), why); });
    connect(m_page, &LaunchPage::saveTemplateRequested, this, &LaunchController::saveTemplate);
    connect(&m_reader, &CheckpointReader::changed, this, [this](const QString &uid) {
        if (m_read && m_page->isVisible() && m_page->starts()->start() == LaunchStart::Clone && uid == m_page->starts()->source())
            showCheckpoints(uid);
    });
}

void LaunchController::whenRead(const std::function<void()> &act)
{
    if (!m_session)
        return;
    if (!m_read)
        m_wanted = act;
    go(u"launch"_s);
    if (m_read)
        act();
}

void LaunchController::startFrom(LaunchStart from, const QString &uid)
{
    if (!m_read)
        return;
    if (from == LaunchStart::Blank)
        unlessLost([this] {
            if (const Result<QByteArray> text = blankJob(m_ns, m_defaults))
                replaceWith(*text, {LaunchStart::Blank, {}, {}, *text});
            else
                m_page->setFormError(text.error());
        });
    else if (from == LaunchStart::Clone && !uid.isEmpty())
        unlessLost([this, uid] { startClone(uid); });
}

bool LaunchController::isPersons() const
{
    return m_page->text() != m_started.first && !m_page->text().trimmed().isEmpty();
}

void LaunchController::unlessLost(const std::function<void()> &act)
{
    // One text is kept; that it was gone back to, or is to go, is for the user to say.
    if (!isPersons() || !m_former) {
        act();
        return;
    }
    auto *dialog = new dialogs::AskDialog(u"replace"_s,
        {tr("Replace what you have?"),
            tr("The job that you began is kept, in place of %1, which was kept before and is lost for good.").arg(whatOf(m_former->text)), {},
            tr("Replace it"), true},
        m_page->window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::rejected, this,
        [this] { m_page->setStart(m_started.from, m_started.source, m_started.name, m_started.checkpoint); });
    connect(dialog, &dialogs::AskDialog::actRequested, this, [dialog, act] {
        dialog->accept();
        act();
    });
    dialog->open();
}

void LaunchController::replaceWith(const QByteArray &text, const Start &start)
{
    if (isPersons() && text != m_page->text())
        setFormer(Former{m_page->text(), m_started, m_chosen, tr("Replaced when you started over.")});
    adopt(text, start);
}

void LaunchController::startBlank()
{
    if (const Result<QByteArray> text = blankJob(m_ns, m_defaults))
        adopt(*text, {LaunchStart::Blank, {}, {}, *text});
    else
        m_page->setFormError(text.error());
}

Result<QByteArray> LaunchController::blankJob(const QString &ns, const LaunchDefaults &defaults)
{
    launch::Spec spec;
    spec.ns = ns;
    if (!defaults.kinds.isEmpty() && !defaults.kinds.contains(spec.kind))
        spec.kind = defaults.kinds.first();
    const Result<QJsonObject> job = launch::newJob(withDefaults(spec, defaults), defaults.fields);
    if (!job)
        return fail(job.error());
    return launch::textOf(*job);
}

QString LaunchController::freeName(const QString &name, const QString &ns) const
{
    static const QRegularExpression numbered(u"-\\d{1,4}$"_s);
    const QString stem = QString(name).remove(numbered).left(57);
    QSet<QString> taken{name};
    if (m_session)
        m_session->jobs().each([&](const Job &job) {
            if (job.ns == ns)
                taken.insert(job.name);
        });
    for (int i = 2;; ++i) {
        if (const QString free = u"%1-%2"_s.arg(stem).arg(i); !taken.contains(free))
            return free;
    }
}

void LaunchController::clone(const QString &uid)
{
    whenRead([this, uid] { startFrom(LaunchStart::Clone, uid); });
}

void LaunchController::startClone(const QString &uid)
{
    const Job *job = m_session->jobs().find(uid);
    if (!job) {
        emit notice(kit::Tone::Warn, tr("The job is gone"), tr("It was deleted meanwhile; choose another one."));
        return;
    }
    struct Cloned {
        QByteArray text, base;
    };
    m_starting.cancel();
    m_starting.run(
        this,
        [cluster = m_session->sharedCluster(), ref = job->ref(), name = freeName(job->name, job->ns)](
            std::stop_token stop) -> Result<Cloned> {
            const Result<QJsonObject> object = cluster->get(ref, stop);
            if (!object)
                return fail(object.error());
            const Result<QByteArray> text = cloneOf(*object, name);
            if (!text)
                return fail(text.error());
            return Cloned{*text, launch::textOf(manifest::forClone(*object))};
        },
        [this, uid, name = job->name](const Result<Cloned> &cloned) {
            if (cloned)
                replaceWith(cloned->text, {LaunchStart::Clone, uid, name, cloned->base});
            else
                emit notice(kit::Tone::Err, tr("%1 cannot be cloned").arg(text::safe(name)), text::safe(cloned.error().oneLine()));
        });
}

void LaunchController::convert(const QString &uid)
{
    whenRead([this, uid] { unlessLost([this, uid] { startConvert(uid); }); });
}

void LaunchController::startConvert(const QString &uid)
{
    const Job *job = m_session->jobs().find(uid);
    if (!job) {
        emit notice(kit::Tone::Warn, tr("The job is gone"), tr("It was deleted meanwhile; choose another one."));
        return;
    }
    m_starting.cancel();
    m_starting.run(
        this,
        [cluster = m_session->sharedCluster(), job = *job](std::stop_token stop) -> Result<JobConvert> {
            const Result<QJsonObject> object = cluster->get(job.ref(), stop);
            if (!object)
                return fail(object.error());
            return convertJob(*cluster, *object, &job, {}, stop);
        },
        [this, name = job->name](const Result<JobConvert> &made) {
            if (!made) {
                emit notice(kit::Tone::Err, tr("%1 cannot be converted").arg(text::safe(name)), text::safe(made.error().oneLine()));
                return;
            }
            replaceWith(made->text, {LaunchStart::Yaml, {}, {}, made->text});
            const QString breaks = made->conversion.breaks();
            emit notice(breaks.isEmpty() ? kit::Tone::Info : kit::Tone::Warn, tr("What has no counterpart stands above the YAML"),
                breaks.isEmpty() ? QString() : tr("It would not train as it did: %1").arg(breaks));
        });
}

void LaunchController::beginAt(const QString &uid, const QString &checkpoint)
{
    whenRead([this, uid, checkpoint] {
        const CheckpointReader::Known *known = m_reader.known(uid);
        const Checkpoint *found = known ? known->listing.find(checkpoint) : nullptr;
        if (!found) {
            emit notice(kit::Tone::Warn, tr("The checkpoint is not known any more"), tr("Read the job's checkpoints again."));
            return;
        }
        if (found->verdict != Verdict::Unverified) {
            unlessLost([this, uid, checkpoint] { startAt(uid, checkpoint, false); });
            return;
        }
        auto *dialog = new dialogs::AskDialog(u"unverified"_s,
            {tr("Begin at a checkpoint that is not verified?"),
                tr("Whether it is whole could not be verified: %1").arg(text::safe(found->reason)), {}, tr("Begin there"), true},
            m_page->window());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QDialog::rejected, this,
            [this] { m_page->setStart(m_started.from, m_started.source, m_started.name, m_started.checkpoint); });
        connect(dialog, &dialogs::AskDialog::actRequested, this, [this, dialog, uid, checkpoint] {
            dialog->accept();
            unlessLost([this, uid, checkpoint] { startAt(uid, checkpoint, true); });
        });
        dialog->open();
    });
}

void LaunchController::startAt(const QString &uid, const QString &checkpoint, bool unverified)
{
    const Job *job = m_session->jobs().find(uid);
    const CheckpointReader::Known *known = m_reader.known(uid);
    const Checkpoint *found = known ? known->listing.find(checkpoint) : nullptr;
    if (!job || !found) {
        emit notice(kit::Tone::Warn, tr("The job is gone"), tr("It was deleted meanwhile; choose another one."));
        return;
    }
    struct Copied {
        CheckpointCopy copy;
        QByteArray base;
    };
    m_starting.cancel();
    m_starting.run(
        this,
        [cluster = m_session->sharedCluster(), ref = job->ref(), name = freeName(job->name, job->ns), listing = known->listing, point = *found,
            unverified](std::stop_token stop) -> Result<Copied> {
            const Result<jobs::ResumeRequest> request = readForResume(*cluster, ref, listing, point, stop);
            if (!request)
                return fail(request.error());
            ResumeChoice choice;
            choice.acceptUnverified = unverified;
            const Result<CheckpointCopy> copy = copyFromCheckpoint(chosen(*request, choice), name);
            if (!copy)
                return fail(copy.error());
            return Copied{*copy, launch::textOf(manifest::forClone(request->object))};
        },
        [this, uid, checkpoint, name = job->name](const Result<Copied> &copied) {
            if (!copied) {
                m_page->setStart(m_started.from, m_started.source, m_started.name, m_started.checkpoint);
                emit notice(kit::Tone::Err, text::safe(copied.error().what),
                    text::safe(QString(copied.error().why + u' ' + copied.error().fix).trimmed()));
                return;
            }
            replaceWith(copied->copy.text, {LaunchStart::Clone, uid, name, copied->base, {}, checkpoint});
            for (const change::Note &note : copied->copy.notes)
                emit notice(kit::Tone::Warn, text::safe(note.text), text::safe(note.fix));
        });
}

void LaunchController::showCheckpoints(const QString &uid)
{
    LaunchCheckpoints shown{uid};
    const CheckpointReader::Known *known = m_reader.known(uid);
    if (!known) {
        shown.why = uid.isEmpty() ? QString() : tr("Its checkpoints have not been read: open the job, or read them on the Checkpoints page.");
    } else {
        QList<Checkpoint> all;
        for (const Run &run : known->listing.listing.runs)
            all += run.checkpoints;
        std::ranges::sort(all, [](const Checkpoint &a, const Checkpoint &b) { return isOlder(b, a); });
        const QDateTime now = QDateTime::currentDateTimeUtc();
        for (const Checkpoint &one : std::as_const(all)) {
            const QString refusal = one.verdict == Verdict::Damaged ? tr("It is damaged.")
                : one.verdict == Verdict::Writing                   ? tr("It is still being written.")
                : one.holdsWeightsAlone()                           ? tr("It holds weights alone.")
                                                                    : QString();
            shown.items.append({one.path, one.step ? tr("Step %1").arg(text::number(*one.step)) : text::safe(one.path),
                u"%1 · %2"_s.arg(items::tag(one.verdict).text, text::ago(one.savedAt, now)), refusal});
        }
        if (all.isEmpty())
            shown.why = tr("It has saved no checkpoint, as far as was read.");
    }
    m_page->starts()->setCheckpoints(shown);
}

QString LaunchController::templateFolder() const
{
    return m_preferences.templateFolder();
}

void LaunchController::readTemplates()
{
    m_scope.run(
        this, [folder = templateFolder()](std::stop_token) { return readShelf(folder); },
        [this](const TemplateShelf &shelf) {
            m_shelf = shelf;
            QStringList notes = shelf.notes;
            if (shelf.error)
                notes.prepend(text::safe(shelf.error->oneLine()));
            m_page->starts()->setTemplates(shelf.templates, text::safe(shortPath(shelf.folder)), notes);
        });
}

void LaunchController::startTemplate(const QString &id, const launch::TemplateValues &values)
{
    const launch::Template *found = m_shelf.find(id);
    if (!m_read || !found)
        return;
    unlessLost([this, id, values, one = *found] {
        m_starting.cancel();
        m_starting.run(
            this, [one, values, ns = m_ns, defaults = m_defaults](std::stop_token) { return textFromTemplate(one, values, ns, defaults); },
            [this, id](const Result<QByteArray> &text) {
                if (text)
                    replaceWith(*text, {LaunchStart::Template, id, {}, *text});
                else
                    m_page->starts()->setTemplateError(text.error());
            });
    });
}

void LaunchController::chooseFile()
{
    auto *dialog = new QFileDialog(
        m_page->window(), tr("Open a job"), {}, tr("YAML or JSON (*.yaml *.yml *.json);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &LaunchController::openFile);
    dialog->open();
}

Result<LaunchController::Opened> LaunchController::openedFrom(const QByteArray &bytes)
{
    const auto meant = meantOf(bytes);
    if (!meant)
        return fail(meant.error());
    const QByteArray text = launch::withoutServersOwn(meant->first);
    return Opened{text, meant->second, text != meant->first};
}

void LaunchController::openFile(const QString &path)
{
    whenRead([this, path] {
        m_starting.cancel();
        m_starting.run(
            this,
            [path](std::stop_token) {
                const Result<QByteArray> bytes = readYaml(path);
                return bytes ? openedFrom(*bytes) : fail(bytes.error());
            },
            [this, path](const Result<Opened> &opened) { startOpened(opened, QFileInfo(path).fileName()); });
    });
}

void LaunchController::openText(const QString &text)
{
    whenRead([this, bytes = text.toUtf8()] {
        m_starting.cancel();
        m_starting.run(
            this, [bytes](std::stop_token) { return openedFrom(bytes); },
            [this](const Result<Opened> &opened) { startOpened(opened, {}); });
    });
}

void LaunchController::startOpened(const Result<Opened> &opened, const QString &what)
{
    if (!opened) {
        // What was there stays as it is.
        m_page->setStart(m_started.from, m_started.source, m_started.name, m_started.checkpoint);
        const Error &error = opened.error();
        emit notice(kit::Tone::Err, what.isEmpty() ? text::safe(error.what) : tr("%1: %2", "file, what is wrong").arg(text::safe(what), text::safe(error.what)),
            text::safe(QString(error.why + u' ' + error.fix).trimmed()));
        return;
    }
    unlessLost([this, opened = *opened, what] {
        replaceWith(opened.text, {LaunchStart::Yaml, {}, {}, opened.text});
        if (what.isEmpty()) {
            m_started.first.clear(); // nobody else has it: it is kept
            m_keepSoon->start();
        }
        m_page->showStep(0);
        QStringList more;
        if (!opened.others.isEmpty())
            more.append(tr("Left out: %1. Apply it with kubectl.", "objects").arg(opened.others.join(u", "_s)));
        if (opened.cleaned)
            more.append(tr("What the server had written into it, as status and UID, was taken out."));
        if (!more.isEmpty())
            emit notice(kit::Tone::Info, tr("The job was opened"), more.join(u' '));
    });
}

QString LaunchController::whatOf(const QByteArray &text)
{
    // The first of each is enough to know it again; a large text is not read for that.
    static const QRegularExpression kind(u"^kind: *([A-Za-z]+)"_s, QRegularExpression::MultilineOption);
    static const QRegularExpression name(u"^  name: *([a-z0-9.-]+)"_s, QRegularExpression::MultilineOption);
    const QString begin = QString::fromUtf8(text.left(4000));
    const QString what = QString(kind.match(begin).captured(1) + u' ' + name.match(begin).captured(1)).trimmed();
    return what.isEmpty() ? tr("The text that was here", "what is kept") : what;
}

void LaunchController::setFormer(const std::optional<Former> &former)
{
    m_former = former;
    m_page->starts()->setFormer(former ? std::optional(LaunchFormer{whatOf(former->text), former->how}) : std::nullopt);
    m_keepSoon->start();
}

void LaunchController::keepFormer(const pages::LaunchResult &result)
{
    constexpr qsizetype most = 4;
    QStringList lost;
    for (const QString &path : result.lost.mid(0, most))
        lost.append(text::safe(path));
    QString how = tr("Rewritten as a %1.").arg(result.draft.job.value("kind"_L1).toString());
    if (!lost.isEmpty()) {
        const QString list = lost.join(u", "_s);
        how += u' ' + (result.lost.size() > most ? tr("Left out: %1, and %n more.", nullptr, static_cast<int>(result.lost.size() - most)).arg(list)
                                                 : tr("Left out: %1.", "fields").arg(list));
    }
    if (result.lostWriting)
        how += u' ' + tr("Its comments and order are gone too.");
    setFormer(Former{result.former, m_started, m_chosen, how});
}

void LaunchController::goBack(bool swap)
{
    if (!m_former)
        return;
    const Former former = *m_former;
    const std::optional<Former> now =
        swap && isPersons() ? std::optional(Former{m_page->text(), m_started, m_chosen, tr("It made room for what was here before.")}) : std::nullopt;
    adopt(former.text, former.start);
    m_started.first.clear(); // a person's, whatever it was begun with
    m_chosen = former.chosen;
    setFormer(now);
}

QJsonObject LaunchController::jsonOf(const QByteArray &text, const Start &start, std::optional<launch::Framework> chosen)
{
    QJsonObject draft{{u"text"_s, QString::fromUtf8(text)}, {u"base"_s, QString::fromUtf8(start.base)},
        {u"start"_s, static_cast<int>(start.from)}, {u"source"_s, start.source}, {u"sourceName"_s, start.name},
        {u"checkpoint"_s, start.checkpoint}, {u"id"_s, start.id}};
    if (chosen)
        draft.insert(u"framework"_s, launch::frameworkWord(*chosen));
    return draft;
}

LaunchController::Start LaunchController::startOf(const QJsonObject &draft)
{
    const int from = std::clamp(draft.value("start"_L1).toInt(), 0, 3);
    return {static_cast<LaunchStart>(from), draft.value("source"_L1).toString(), draft.value("sourceName"_L1).toString(),
        draft.value("base"_L1).toString().toUtf8(), {}, draft.value("checkpoint"_L1).toString()};
}

void LaunchController::takeDraft(const QJsonObject &draft)
{
    adopt(draft.value("text"_L1).toString().toUtf8(), startOf(draft));
    m_started.first.clear();
    if (const QString id = draft.value("id"_L1).toString(); !id.isEmpty())
        m_started.id = id;
    m_chosen = launch::frameworkOf(draft.value("framework"_L1).toString());
    m_costs.clear();
    const QJsonObject costs = draft.value("costs"_L1).toObject();
    for (auto it = costs.begin(); it != costs.end(); ++it)
        m_costs.insert(it.key(), std::clamp<qint64>(it.value().toInteger(), 0, kMostCost));
    m_page->setTypedCosts(m_costs);
    m_costs = m_page->typedCosts(); // of a draft that somebody wrote, what there is of it
    const QJsonObject former = draft.value("former"_L1).toObject();
    if (const QString text = former.value("text"_L1).toString(); !text.isEmpty())
        setFormer(Former{text.toUtf8(), startOf(former), launch::frameworkOf(former.value("framework"_L1).toString()), text::safe(former.value("how"_L1).toString())});
}

void LaunchController::saveTemplate()
{
    const QString name = m_page->spec().name.isEmpty() ? u"job"_s : m_page->spec().name;
    auto *dialog = new dialogs::TemplateDialog(name, text::safe(shortPath(templateFolder())), &launch::whyNoTemplateName, m_page->window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &dialogs::TemplateDialog::saveRequested, this, [this, dialog = QPointer(dialog)](const QString &as) {
        m_scope.run(
            this, [folder = templateFolder(), as, text = m_page->text()](std::stop_token) { return saveAsTemplate(folder, as, text); },
            [this, dialog, as](const Result<QStringList> &saved) {
                if (!saved) {
                    if (dialog)
                        dialog->setError(saved.error());
                    return;
                }
                if (dialog)
                    dialog->accept();
                QStringList names;
                for (const QString &variable : *saved)
                    names.append(text::safe(variable));
                emit notice(kit::Tone::Ok, tr("The template %1 is saved").arg(text::safe(as)),
                    names.isEmpty() ? QString() : tr("Without the values of %1, which sound like secrets.", "variables").arg(names.join(u", "_s)));
                readTemplates();
            });
    });
    dialog->open();
}

} // namespace cairn::app
