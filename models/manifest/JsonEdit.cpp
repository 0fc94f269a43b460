// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/JsonEdit.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace cairn::manifest {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::manifest)
};

using Step = Path::Step;
enum class Act { Set, Insert, Remove };

int indexOf(const QJsonArray &list, const Step &step)
{
    if (step.kind == Step::Kind::Index)
        return step.index;
    if (step.kind == Step::Kind::Item) {
        for (int i = 0; i < list.size(); ++i) {
            if (list.at(i).isObject() && list.at(i).toObject().value(step.name).toVariant().toString() == step.value)
                return i;
        }
    }
    return static_cast<int>(list.size());
}

class Edit
{
public:
    Edit(const Path &path, Act act, const QJsonValue &value) : m_path(path), m_act(act), m_value(value) {}

    Result<QJsonValue> apply(const QJsonValue &root) { return at(root, 0); }

private:
    const Path &m_path;
    Act m_act;
    const QJsonValue &m_value;

    Result<QJsonValue> refused(qsizetype depth, const QString &why)
    {
        Path here;
        for (qsizetype i = 0; i < std::min(depth + 1, m_path.steps().size()); ++i)
            here.step(m_path.steps()[i]);
        return fail(Error::Kind::Invalid, Words::tr("%1 cannot be changed.").arg(here.isEmpty() ? Words::tr("The document") : text::safe(here.text())),
                    why, Words::tr("Check the path against the document."));
    }

    Result<QJsonValue> at(const QJsonValue &here, qsizetype depth)
    {
        if (depth == m_path.steps().size())
            return m_act == Act::Set ? Result<QJsonValue>(m_value) : refused(depth, Words::tr("It is the whole document."));
        const Step &step = m_path.steps()[depth];
        const bool nothing = here.isUndefined() || here.isNull();
        if (step.kind == Step::Kind::Field) {
            if (!here.isObject() && !(nothing && m_act != Act::Remove))
                return refused(depth, nothing ? Words::tr("It does not exist.") : Words::tr("Its parent is not a map."));
            return inMap(here.toObject(), step, depth);
        }
        if (!here.isArray() && !(nothing && m_act != Act::Remove))
            return refused(depth, nothing ? Words::tr("It does not exist.") : Words::tr("Its parent is not a list."));
        return inList(here.toArray(), step, depth);
    }

    Result<QJsonValue> inMap(QJsonObject map, const Step &step, qsizetype depth)
    {
        const bool last = depth + 1 == m_path.steps().size();
        const bool there = map.contains(step.name);
        if (m_act == Act::Remove && !there)
            return refused(depth, Words::tr("It does not exist."));
        if (last && m_act == Act::Remove) {
            map.remove(step.name);
            return map;
        }
        if (last && m_act == Act::Insert && there)
            return refused(depth, Words::tr("It already exists."));
        const Result<QJsonValue> child = last ? Result<QJsonValue>(m_value) : at(map.value(step.name), depth + 1);
        if (!child)
            return child;
        map.insert(step.name, *child);
        return map;
    }

    Result<QJsonValue> inList(QJsonArray list, const Step &step, qsizetype depth)
    {
        const bool last = depth + 1 == m_path.steps().size();
        const int index = indexOf(list, step);
        const bool there = index < list.size();
        if (index > list.size() || (m_act == Act::Remove && !there))
            return refused(depth, Words::tr("It does not exist."));
        if (last && m_act == Act::Remove) {
            list.removeAt(index);
            return list;
        }
        QJsonValue known = there ? list.at(index) : QJsonValue(QJsonValue::Undefined);
        if (!there && step.kind == Step::Kind::Item)
            known = QJsonObject{{step.name, step.value}};
        Result<QJsonValue> child = last ? Result<QJsonValue>(m_value) : at(known, depth + 1);
        if (!child)
            return child;
        if (!there && last && step.kind == Step::Kind::Item && child->isObject() && !child->toObject().contains(step.name)) {
            QJsonObject named = child->toObject();
            named.insert(step.name, step.value);
            *child = named;
        }
        if (!there || (last && m_act == Act::Insert))
            list.insert(index, *child);
        else
            list.replace(index, *child);
        return list;
    }
};

} // namespace

Result<QJsonValue> withValue(const QJsonValue &root, const Path &path, const QJsonValue &value)
{
    return Edit(path, Act::Set, value).apply(root);
}

Result<QJsonValue> withInserted(const QJsonValue &root, const Path &path, const QJsonValue &value)
{
    return Edit(path, Act::Insert, value).apply(root);
}

Result<QJsonValue> without(const QJsonValue &root, const Path &path)
{
    return Edit(path, Act::Remove, {}).apply(root);
}

QJsonValue valueAt(const QJsonValue &root, const Path &path)
{
    QJsonValue here = root;
    for (const Step &step : path.steps()) {
        if (step.kind == Step::Kind::Field) {
            here = here.isObject() ? here.toObject().value(step.name) : QJsonValue(QJsonValue::Undefined);
        } else {
            const QJsonArray list = here.toArray();
            const int index = indexOf(list, step);
            here = index < list.size() ? list.at(index) : QJsonValue(QJsonValue::Undefined);
        }
        if (here.isUndefined())
            break;
    }
    return here;
}

} // namespace cairn::manifest
