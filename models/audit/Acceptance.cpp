// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Acceptance.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

using manifest::Fault;
using manifest::Node;
using manifest::Path;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::audit)
};

constexpr qsizetype mostEntries = 10'000;

/// `*` and `?`, without recursion: a pattern from a file must not cost more than its length times the text's.
bool fitsPattern(QStringView pattern, QStringView text)
{
    qsizetype p = 0, t = 0, star = -1, mark = 0;
    while (t < text.size()) {
        if (p < pattern.size() && (pattern[p] == u'?' || pattern[p] == text[t]) && pattern[p] != u'*') {
            ++p;
            ++t;
        } else if (p < pattern.size() && pattern[p] == u'*') {
            star = p++;
            mark = t;
        } else if (star >= 0) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == u'*')
        ++p;
    return p == pattern.size();
}

/// As an entry names it.
QString written(const ObjectName &name)
{
    return name.kind + u' ' + (name.ns.isEmpty() ? name.name : name.ns + u'/' + name.name);
}

QJsonObject jsonOf(const Acceptance &acceptance)
{
    QJsonObject json{{u"rule"_s, acceptance.rule}, {u"reason"_s, acceptance.reason}, {u"by"_s, acceptance.by}, {u"until"_s, acceptance.until.toString(Qt::ISODate)}};
    if (acceptance.objects.size() == 1)
        json.insert(u"object"_s, acceptance.objects.first());
    else if (!acceptance.objects.isEmpty())
        json.insert(u"objects"_s, QJsonArray::fromStringList(acceptance.objects));
    else
        json.insert(u"namespace"_s, acceptance.ns);
    return json;
}

/// Reads one entry and says what is wrong with it.
class Reader
{
public:
    explicit Reader(QList<Fault> *faults)
        : m_faults(faults)
    {
    }

    void complain(const manifest::Place &place, const QString &why, const QString &fix)
    {
        m_faults->append({Fault::Kind::Key, place, why, fix});
    }

    /// nullopt where something is wrong with it.
    std::optional<Acceptance> entry(const Node &node, int item)
    {
        const qsizetype before = m_faults->size();
        Acceptance acceptance;
        acceptance.line = node.line();
        acceptance.item = item;
        if (node.kind() != Node::Kind::Map) {
            complain(node.place(), Words::tr("An entry is not a map."), Words::tr("Write rule, object, reason, by and until below each other."));
            return std::nullopt;
        }
        static const QStringList known{u"rule"_s, u"object"_s, u"objects"_s, u"namespace"_s, u"reason"_s, u"by"_s, u"until"_s};
        for (const Node &field : node.children()) {
            if (!field.isMerge() && !known.contains(field.key()))
                complain(field.keyPlace(), Words::tr("\"%1\" is not known here.").arg(text::safe(field.key().left(60))), Words::tr("Use one of %1.").arg(known.join(u", "_s)));
        }
        acceptance.rule = word(node, u"rule"_s);
        if (!acceptance.rule.isEmpty() && !rule(acceptance.rule))
            complain(node.member(u"rule").place(), Words::tr("There is no rule \"%1\".").arg(text::safe(acceptance.rule.left(60))), Words::tr("List them with: cairnctl audit --rules"));
        acceptance.reason = word(node, u"reason"_s);
        acceptance.by = word(node, u"by"_s);
        const QString until = word(node, u"until"_s);
        acceptance.until = QDate::fromString(until, Qt::ISODate);
        if (!until.isEmpty() && (!acceptance.until.isValid() || until.size() != 10))
            complain(node.member(u"until").place(), Words::tr("\"until\" is not a date."), Words::tr("Write it as 2026-12-31."));
        where(node, &acceptance);
        return m_faults->size() == before ? std::optional(acceptance) : std::nullopt;
    }

private:
    QString word(const Node &map, const QString &name)
    {
        const Node node = map.member(name);
        const Node value = node.isValid() ? node.target() : node;
        const bool scalar = value.isValid() && value.kind() != Node::Kind::Map && value.kind() != Node::Kind::List && value.kind() != Node::Kind::Null;
        const QString text = scalar ? QString::fromUtf8(value.text()).trimmed() : QString();
        if (text.isEmpty()) {
            complain(node.isValid() ? node.place() : map.place(), Words::tr("\"%1\" is missing or not a text.").arg(name),
                     Words::tr("An acceptance needs a rule, what it is about, a reason, who accepted it, and until when."));
        }
        return text;
    }

    void where(const Node &node, Acceptance *acceptance)
    {
        int ways = 0;
        if (node.member(u"object").isValid()) {
            ++ways;
            add(word(node, u"object"_s), node.member(u"object").place(), acceptance);
        }
        if (const Node list = node.member(u"objects"); list.isValid()) {
            ++ways;
            const Node items = list.target();
            if (items.kind() != Node::Kind::List || items.children().isEmpty())
                complain(list.place(), Words::tr("\"objects\" is no list, or empty."), Words::tr("Write a list of objects, as in: Deployment kubeflow/mysql"));
            else
                for (const Node &item : items.children())
                    add(QString::fromUtf8(item.target().text()).trimmed(), item.place(), acceptance);
        }
        if (node.member(u"namespace").isValid()) {
            ++ways;
            acceptance->ns = word(node, u"namespace"_s);
        }
        if (ways != 1)
            complain(node.place(), Words::tr("An entry has one of object, objects and namespace."), Words::tr("Name what is accepted in one of the three ways."));
    }

    void add(const QString &object, const manifest::Place &place, Acceptance *acceptance)
    {
        if (object.isEmpty())
            return; // word() has said so, or below
        const QStringList words = object.split(u' ', Qt::SkipEmptyParts);
        if (words.size() != 2 || words[1].count(u'/') > 1 || words[1].startsWith(u'/') || words[1].endsWith(u'/')) {
            complain(place, Words::tr("\"%1\" names no object.").arg(text::safe(object.left(60))), Words::tr("Write kind, namespace and name, as in: Deployment kubeflow/mysql"));
            return;
        }
        acceptance->objects.append(words.join(u' '));
    }

    QList<Fault> *m_faults;
};

} // namespace

bool Acceptance::fits(const Finding &finding) const
{
    if (rule != finding.rule)
        return false;
    if (!ns.isEmpty())
        return fitsPattern(ns, finding.object.ns);
    const QString name = written(finding.object);
    return std::ranges::any_of(objects, [&](const QString &pattern) { return fitsPattern(pattern, name); });
}

AcceptanceFile::AcceptanceFile() = default;

AcceptanceFile AcceptanceFile::read(const QByteArray &bytes)
{
    AcceptanceFile file;
    file.m_document = manifest::Document::read(bytes);
    file.interpret();
    return file;
}

void AcceptanceFile::interpret()
{
    m_entries.clear();
    m_faults = m_document.faults();
    if (!m_faults.isEmpty() || m_document.count() == 0)
        return;
    Reader reader(&m_faults);
    const Node root = m_document.root();
    if (m_document.count() > 1)
        reader.complain(m_document.root(1).place(), Words::tr("The file holds several documents."), Words::tr("Keep all entries in one list."));
    if (root.kind() != Node::Kind::Map) {
        reader.complain(root.place(), Words::tr("The file is not a map."), Words::tr("Begin it with \"accepted:\" and a list below."));
        return;
    }
    for (const Node &field : root.children()) {
        if (!field.isMerge() && field.key() != "accepted"_L1)
            reader.complain(field.keyPlace(), Words::tr("\"%1\" is not known here.").arg(text::safe(field.key().left(60))), Words::tr("Put all entries in the list \"accepted\"."));
    }
    const Node list = root.member(u"accepted");
    if (!list.isValid() || list.target().kind() == Node::Kind::Null)
        return;
    if (list.target().kind() != Node::Kind::List) {
        reader.complain(list.place(), Words::tr("\"accepted\" is no list."), Words::tr("Begin each entry with a dash."));
        return;
    }
    const QList<Node> items = list.target().children();
    if (items.size() > mostEntries) {
        reader.complain(list.place(), Words::tr("There are more than 10 000 entries."), Words::tr("Use patterns with * for many objects."));
        return;
    }
    for (qsizetype i = 0; i < items.size(); ++i) {
        if (const auto entry = reader.entry(items[i].target(), static_cast<int>(i)))
            m_entries.append(*entry);
    }
}

Error AcceptanceFile::error() const
{
    const Fault &first = m_faults.first();
    Error error = Error::make(Error::Kind::Parse, Words::tr("The file of accepted findings has an error in line %1, column %2").arg(first.place.line).arg(first.place.column),
                              first.why, first.fix);
    for (const Fault &fault : m_faults)
        error.causes.append({u"%1:%2"_s.arg(fault.place.line).arg(fault.place.column), u"Position"_s, fault.why});
    return error;
}

Result<> AcceptanceFile::change(manifest::Document document, const Result<> &edited)
{
    if (!edited)
        return edited;
    AcceptanceFile next;
    next.m_document = std::move(document);
    next.interpret();
    if (!next.m_faults.isEmpty())
        return fail(next.error());
    *this = std::move(next);
    return {};
}

Result<> AcceptanceFile::add(const Acceptance &acceptance)
{
    if (!m_faults.isEmpty())
        return fail(error());
    manifest::Document document = m_document;
    if (document.count() == 0) {
        const QByteArray before = document.text();
        document = manifest::Document::read(before + (before.isEmpty() || before.endsWith('\n') ? "" : "\n")
                                            + manifest::toYaml(QJsonObject{{u"accepted"_s, QJsonArray{jsonOf(acceptance)}}}).toUtf8());
        return change(document, {});
    }
    const Path list{u"accepted"_s};
    const Node node = document.at(list);
    const bool none = !node.isValid() || node.target().kind() == Node::Kind::Null || node.target().children().isEmpty();
    const Result<> edited = none ? document.set(list, QJsonArray{jsonOf(acceptance)}) : document.insert(Path(list).end(), jsonOf(acceptance));
    return change(document, edited);
}

Result<> AcceptanceFile::renew(const Acceptance &entry, const QDate &until, const QString &reason)
{
    if (!m_faults.isEmpty())
        return fail(error());
    manifest::Document document = m_document;
    const Path item = Path{u"accepted"_s}.item(entry.item);
    Result<> edited = document.set(Path(item).field(u"until"_s), until.toString(Qt::ISODate));
    if (edited && !reason.isEmpty())
        edited = document.set(Path(item).field(u"reason"_s), reason);
    return change(document, edited);
}

Result<> AcceptanceFile::remove(const Acceptance &entry)
{
    if (!m_faults.isEmpty())
        return fail(error());
    manifest::Document document = m_document;
    const Result<> edited = document.remove(Path{u"accepted"_s}.item(entry.item));
    return change(document, edited);
}

QList<Decision> decide(const Report &report, const AcceptanceFile &file, const QDate &today)
{
    QList<Decision> decisions;
    for (const Finding &finding : report.findings) {
        Decision decision;
        for (qsizetype i = 0; i < file.entries().size(); ++i) {
            const Acceptance &entry = file.entries()[i];
            if (!entry.fits(finding) || (decision.entry >= 0 && file.entries()[decision.entry].until >= entry.until))
                continue;
            decision.entry = static_cast<int>(i);
            decision.state = entry.endedOn(today) ? Decision::State::Ended : Decision::State::Accepted;
        }
        decisions.append(decision);
    }
    return decisions;
}

QList<int> unused(const Report &report, const AcceptanceFile &file)
{
    QList<int> list;
    for (qsizetype i = 0; i < file.entries().size(); ++i) {
        if (std::ranges::none_of(report.findings, [&](const Finding &finding) { return file.entries()[i].fits(finding); }))
            list.append(static_cast<int>(i));
    }
    return list;
}

} // namespace cairn::audit
