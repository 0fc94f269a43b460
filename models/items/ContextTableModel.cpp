// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/ContextTableModel.h"

#include "base/Text.h"

#include <QCoreApplication>

namespace cairn::items {

using namespace Qt::StringLiterals;

namespace {

QString word(const char *text)
{
    return QCoreApplication::translate("Vocabulary", text);
}

bool sameProblem(const std::optional<Error> &a, const std::optional<Error> &b)
{
    if (a.has_value() != b.has_value())
        return false;
    return !a || (a->kind == b->kind && a->what == b->what && a->why == b->why && a->fix == b->fix);
}

} // namespace

bool ContextRow::operator==(const ContextRow &other) const
{
    return id == other.id && name == other.name && server == other.server && signIn == other.signIn
        && signInDetail == other.signInDetail && state == other.state && detail == other.detail
        && action == other.action && current == other.current && connected == other.connected
        && insecure == other.insecure && ambiguous == other.ambiguous && sameProblem(problem, other.problem);
}

TagValue tag(ContextState state)
{
    switch (state) {
    case ContextState::Unchecked: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Not checked")), Tone::Idle};
    case ContextState::Checking: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Checking…")), Tone::Idle};
    case ContextState::Reachable: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Reachable")), Tone::Ok};
    case ContextState::ReachableReadOnly:
        return {word(QT_TRANSLATE_NOOP("Vocabulary", "Reachable, read-only")), Tone::Ok};
    case ContextState::ReachableLimited:
        return {word(QT_TRANSLATE_NOOP("Vocabulary", "Reachable, limited")), Tone::Warn};
    case ContextState::NeedsSignIn:
    case ContextState::NeedsConsent: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Needs sign-in")), Tone::Warn};
    case ContextState::CertificateExpired:
        return {word(QT_TRANSLATE_NOOP("Vocabulary", "Certificate expired")), Tone::Err};
    case ContextState::ExecPluginNotFound:
        return {word(QT_TRANSLATE_NOOP("Vocabulary", "Exec plugin not found")), Tone::Err};
    case ContextState::NotReachable: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Not reachable")), Tone::Err};
    case ContextState::Broken: return {word(QT_TRANSLATE_NOOP("Vocabulary", "Entry is broken")), Tone::Err};
    }
    return {};
}

QString actionText(ContextAction action)
{
    switch (action) {
    case ContextAction::None: return {};
    case ContextAction::Connect: return word(QT_TRANSLATE_NOOP("Vocabulary", "Connect"));
    case ContextAction::SignIn: return word(QT_TRANSLATE_NOOP("Vocabulary", "Sign in…"));
    case ContextAction::Allow: return word(QT_TRANSLATE_NOOP("Vocabulary", "Allow…"));
    case ContextAction::Fix: return word(QT_TRANSLATE_NOOP("Vocabulary", "Fix…"));
    case ContextAction::HowToRenew: return word(QT_TRANSLATE_NOOP("Vocabulary", "How to renew"));
    case ContextAction::TryAgain: return word(QT_TRANSLATE_NOOP("Vocabulary", "Try again"));
    }
    return {};
}

bool canConnect(ContextState state)
{
    return state == ContextState::Reachable || state == ContextState::ReachableReadOnly
        || state == ContextState::ReachableLimited;
}

ContextTableModel::ContextTableModel(QObject *parent)
    : RowTableModel(parent)
{
}

int ContextTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ContextTableModel::data(const QModelIndex &index, int role) const
{
    const ContextRow *row = rowAt(index);
    if (!row)
        return {};
    const int column = index.column();
    const auto first = [&]() -> QString {
        switch (column) {
        case Context: return text::safe(row->name);
        case SignIn: return text::safe(row->signIn);
        case State: return tag(row->state).text;
        default: return {};
        }
    };
    const auto second = [&]() -> QString {
        switch (column) {
        case Context:
            if (row->ambiguous && row->insecure)
                return tr("not verified · name used twice · %1").arg(text::safe(row->server));
            if (row->ambiguous)
                return tr("name used twice · %1", "an entry of the same name in another file is hidden; address of the server").arg(text::safe(row->server));
            return row->insecure ? tr("not verified · %1").arg(text::safe(row->server)) : text::safe(row->server);
        case SignIn: return text::safe(row->signInDetail);
        case State: return text::safe(row->problem && row->detail.isEmpty() ? row->problem->what : row->detail);
        default: return {};
        }
    };
    switch (role) {
    case Qt::DisplayRole: return first();
    case SecondLineRole: return column == Action ? QVariant() : QVariant(second());
    case SecondLineToneRole:
        return static_cast<int>(column == Context && (row->insecure || row->ambiguous) ? Tone::Warn : Tone::Dim);
    case Qt::AccessibleTextRole: {
        if (column == Action)
            return actionText(row->action);
        const QString detail = second();
        return detail.isEmpty() ? first() : tr("%1, %2", "context or state, and its detail").arg(first(), detail);
    }
    case Qt::ToolTipRole:
        if (row->problem)
            return tr("%1 Why: %2 Fix: %3")
                .arg(text::safe(row->problem->what), text::safe(row->problem->why), text::safe(row->problem->fix));
        if (column == Context && row->insecure)
            return tr("The server's certificate is not verified for this context: anyone on the network path can read and change what is sent.");
        if (column == Context && row->ambiguous)
            return tr("Two kubeconfig files use the same name. The first file wins, so this may not be the cluster or user you mean.");
        return second();
    case KeyRole: return row->id;
    case SearchRole:
        return QString(row->name + u' ' + row->server + u' ' + row->signIn + u' ' + row->signInDetail + u' '
                       + tag(row->state).text)
            .toLower();
    case StrongRole: return column == Context;
    case TagRole: return column == State ? QVariant::fromValue(tag(row->state)) : QVariant();
    case DetailRole:
        if (column != Context)
            return {};
        if (row->connected)
            return tr("connected");
        return row->current ? QVariant(tr("current")) : QVariant();
    case ActionRole:
        if (column == Action && row->action != ContextAction::None)
            return QVariant::fromValue(ActionValue{u"context.act"_s, actionText(row->action), false, true, {}});
        return {};
    default: return {};
    }
}

ColumnHead ContextTableModel::head(int column) const
{
    switch (column) {
    case Context: return {tr("Context")};
    case SignIn: return {tr("Sign-in")};
    case State: return {tr("State")};
    default: return {};
    }
}

} // namespace cairn::items
