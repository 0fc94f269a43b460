// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QJsonValue>

/// What a plain scalar means, by the rules of sigs.k8s.io/yaml (go-yaml v2), which kubectl and the apiserver use: the
/// words and numbers of YAML 1.1, but dates and sexagesimal numbers stay text. Private to manifest.
namespace cairn::manifest::scalars {

enum class Type { Null, Bool, Number, Text, NotJson };

/// NotJson: an infinity, NaN, or a number beyond what a double holds.
Type typeOf(QByteArrayView plain);

/// The value of a scalar of that type; NotJson becomes text.
QJsonValue valueOf(Type type, QByteArrayView plain);

} // namespace cairn::manifest::scalars
