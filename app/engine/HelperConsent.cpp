// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/HelperConsent.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app::HelperConsent)
};

constexpr QLatin1StringView refused{"HelperImage"};

} // namespace

HelperConsent::HelperConsent(const QString &server, const QStringList &agreed)
    : m_server(server)
    , m_agreed(agreed)
{
}

QString HelperConsent::key(const QString &server, const QString &ns, const QString &image)
{
    return image.isEmpty() ? server + u' ' + ns : QStringList{server, ns, image}.join(u' ');
}

bool HelperConsent::isAgreed(const QString &ns) const
{
    const QString plain = key(m_server, ns, {});
    return std::ranges::any_of(
        m_agreed, [&](const QString &entry) { return entry == plain || entry.startsWith(plain + u' '); });
}

QStringList HelperConsent::images(const QString &ns) const
{
    const QString before = key(m_server, ns, {}) + u' ';
    QStringList images;
    for (const QString &entry : m_agreed) {
        if (entry.startsWith(before))
            images.append(entry.mid(before.size()));
    }
    return images;
}

Result<> HelperConsent::check(const ckpt::HelperPod &request) const
{
    const QStringList agreed = images(request.ns);
    if (agreed.contains(request.image))
        return {};
    const QString image = text::safe(request.image);
    Error error =
        Error::make(Error::Kind::Consent, Words::tr("The helper was not started: its image needs your consent"),
            agreed.isEmpty() ? Words::tr("It would run %1 in namespace %2.").arg(image, text::safe(request.ns))
                             : Words::tr("It would run %1 in namespace %2, where you agreed to %3. The image comes "
                                         "from a pod that others may have started.")
                                   .arg(image, text::safe(request.ns), text::safe(agreed.join(u", "_s))),
            Words::tr("Allow it if you trust this image."));
    error.causes = {{u"image"_s, refused, request.image}};
    return fail(std::move(error));
}

QString refusedImage(const Error &error)
{
    return !error.causes.isEmpty() && error.causes.first().reason == refused ? error.causes.first().message : QString();
}

} // namespace cairn::app
