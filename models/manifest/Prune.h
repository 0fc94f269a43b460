// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

/// What is left out of an object before a person sees it or a new object is made of it. Pure functions, any thread.
namespace cairn::manifest {

/// For reading: without managedFields (unless kept) and without kubectl's copy of the whole object.
QJsonObject forDisplay(const QJsonObject &object, bool keepManagedFields = false);

/// For creating a new object of the same content: without all the server or a controller owns (uid, resourceVersion,
/// generation, creationTimestamp, deletion fields, selfLink, managedFields, ownerReferences, finalizers, status), without
/// kubectl's copy, and without the marks by which Helm, Argo CD and Flux would take the new object for theirs and
/// delete it as a stray. Queue labels (Kueue) stay: the new object has to queue like the old one.
QJsonObject forClone(const QJsonObject &object);

/// For applying the same object again: without what the server owns, as in forClone(), but with the marks of whoever
/// manages it, since it is the same object.
QJsonObject forApply(const QJsonObject &object);

/// Values of a Secret's data and stringData become "***", also inside a List; other objects come back unchanged.
QJsonObject withoutSecretValues(const QJsonObject &object);

/// Whether a variable, a key or a flag of this name may hold a secret: one with PASSWORD, PASSWD, SECRET, TOKEN, KEY, CREDENTIAL or
/// DSN in it, whatever the case.
bool mayHoldSecret(const QString &name);
/// For showing: withoutSecretValues(), and so with the values of variables, of a ConfigMap's keys and of flags ("--token=…") that may
/// hold a secret. Those that are otherwise in `other` become `changed`.
QJsonObject withoutSecrets(const QJsonObject &object, const QJsonObject &other = {}, const QString &changed = QStringLiteral("***"));

} // namespace cairn::manifest
