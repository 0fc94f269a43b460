// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/ObjectDecoder.h"

namespace {

template <class T>
void readAll(cairn::ObjectDecoder<T> &decoder, const QByteArray &body)
{
    for (const cairn::WireFormat format : {cairn::WireFormat::Json, cairn::WireFormat::Protobuf}) {
        (void)decoder.object(body, format);
        (void)decoder.page(body, format);
        (void)decoder.event(body, format);
    }
}

} // namespace

/// Every decoder on every input. Start from tests/fixtures/k8s-api: it holds whole objects in both forms.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static const auto pods = cairn::podDecoder();
    static const auto events = cairn::eventDecoder();
    static const auto nodes = cairn::nodeDecoder();
    static const auto claims = cairn::claimDecoder();
    static const auto volumes = cairn::volumeDecoder();
    static const auto jobs = cairn::jobDecoder(cairn::JobKind::PyTorchJob);
    static const auto mpiJobs = cairn::jobDecoder(cairn::JobKind::MPIJob);
    const QByteArray body(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    readAll(*pods, body);
    readAll(*events, body);
    readAll(*nodes, body);
    readAll(*claims, body);
    readAll(*volumes, body);
    readAll(*jobs, body);
    readAll(*mpiJobs, body);
    for (const cairn::WireFormat format : {cairn::WireFormat::Json, cairn::WireFormat::Protobuf}) {
        (void)cairn::decodeStatus(body, format);
        (void)cairn::peekListInfo(body, format);
    }
    return 0;
}
