// SPDX-License-Identifier: GPL-3.0-or-later
#include "Scene.h"

#include <algorithm>
#include <map>
#include <nghttp2/nghttp2.h>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace cairn::test {

namespace {

using Kind = Step::Kind;

constexpr auto pause = 3ms; ///< between two looks at whether there is more to send

// ---- HTTP/1.1 -------------------------------------------------------------------------------------------------------

QByteArray head(const Scene &scene)
{
    QByteArray text = "HTTP/1.1 " + QByteArray::number(scene.status) + " Status\r\nContent-Type: " + scene.contentType + "\r\n";
    for (const auto &[name, value] : scene.headers)
        text += name + ": " + value + "\r\n";
    text += scene.length >= 0 ? "Content-Length: " + QByteArray::number(scene.length) : QByteArray("Transfer-Encoding: chunked");
    return text + "\r\n\r\n";
}

/// False where the connection must close.
bool playHttp1(FaultConnection &connection, const Scene &scene)
{
    if (scene.status != 0 && !connection.write(head(scene)))
        return false;
    for (;;) {
        const Step step = scene.next();
        switch (step.kind) {
        case Kind::Bytes:
            if (!connection.write(scene.length >= 0
                        ? step.bytes
                        : QByteArray::number(step.bytes.size(), 16) + "\r\n" + step.bytes + "\r\n"))
                return false;
            break;
        case Kind::Wait:
            // The client sends nothing while it waits for the end of an answer: it has hung up.
            if (connection.readable(pause))
                return false;
            if (!connection.sleepFor(0ms))
                return false;
            break;
        case Kind::End: return scene.length >= 0 || connection.write("0\r\n\r\n");
        case Kind::GoAway:
            if (scene.length < 0)
                connection.write("0\r\n\r\n");
            return false;
        case Kind::Drop: return false;
        case Kind::Reset: connection.reset(); return false;
        case Kind::NotHttp: connection.write(step.bytes); return false;
        }
    }
}

// ---- HTTP/2 ---------------------------------------------------------------------------------------------------------

class Http2 {
public:
    Http2(FaultConnection &connection, const SceneMaker &maker)
        : m_connection(connection)
        , m_maker(maker)
    {
        nghttp2_session_callbacks *callbacks = nullptr;
        nghttp2_session_callbacks_new(&callbacks);
        nghttp2_session_callbacks_set_on_header_callback(callbacks, onHeader);
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, onFrame);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, onStreamClose);
        nghttp2_session_server_new(&m_session, callbacks, this);
        nghttp2_session_callbacks_del(callbacks);
        const nghttp2_settings_entry settings{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 100};
        nghttp2_submit_settings(m_session, NGHTTP2_FLAG_NONE, &settings, 1);
    }
    ~Http2() { nghttp2_session_del(m_session); }
    Http2(const Http2 &) = delete;
    Http2 &operator=(const Http2 &) = delete;

    void run()
    {
        QByteArray chunk(16'384, Qt::Uninitialized);
        while (m_connection.sleepFor(0ms)) {
            if (m_connection.readable(m_streams.empty() ? 50ms : pause)) {
                const qsizetype got = m_connection.readSome(chunk.data(), chunk.size());
                const auto *bytes = static_cast<const uint8_t *>(static_cast<const void *>(chunk.constData()));
                if (got == 0 || nghttp2_session_mem_recv(m_session, bytes, static_cast<size_t>(got)) < 0)
                    return;
            }
            for (auto &[id, stream] : m_streams) {
                if (stream.scene.next && !advance(id, stream))
                    return;
            }
            if (!flush() || (m_leaving && m_streams.empty()))
                return;
        }
    }

private:
    struct Stream {
        FaultRequest request;
        Scene scene;
        QByteArray ready; ///< of the body, not yet sent
        bool answered = false;
        bool ended = false;
    };

    /// Does what the scene says until it waits. False where the connection must close.
    bool advance(int32_t id, Stream &stream)
    {
        while (!stream.ended) {
            const Step step = stream.scene.next();
            if (step.kind == Kind::Wait)
                break;
            if (step.kind == Kind::Drop || step.kind == Kind::NotHttp) {
                // What was sent before the cut must not be lost with it.
                answer(id, stream);
                flush();
                m_connection.write(step.bytes);
                return false;
            }
            if (step.kind == Kind::Reset) {
                answer(id, stream);
                flush();
                nghttp2_submit_rst_stream(m_session, NGHTTP2_FLAG_NONE, id, NGHTTP2_INTERNAL_ERROR);
                stream.scene.next = nullptr;
                return true;
            }
            if (step.kind == Kind::GoAway) {
                m_leaving = true;
                nghttp2_submit_goaway(m_session, NGHTTP2_FLAG_NONE, id, NGHTTP2_NO_ERROR, nullptr, 0);
            }
            stream.ready += step.bytes;
            stream.ended = step.kind != Kind::Bytes;
        }
        answer(id, stream);
        return true;
    }

    void answer(int32_t id, Stream &stream)
    {
        if (stream.answered) {
            nghttp2_session_resume_data(m_session, id);
            return;
        }
        if (stream.scene.status == 0 && !stream.ended)
            return;
        stream.answered = true;
        const QByteArray status = QByteArray::number(stream.scene.status == 0 ? 200 : stream.scene.status);
        QList<QPair<QByteArray, QByteArray>> fields{{":status", status}, {"content-type", stream.scene.contentType}};
        fields += stream.scene.headers;
        if (stream.scene.length >= 0)
            fields.append({"content-length", QByteArray::number(stream.scene.length)});
        std::vector<nghttp2_nv> raw;
        for (auto &[name, value] : fields) {
            raw.push_back({static_cast<uint8_t *>(static_cast<void *>(name.data())),
                static_cast<uint8_t *>(static_cast<void *>(value.data())), static_cast<size_t>(name.size()),
                static_cast<size_t>(value.size()), NGHTTP2_NV_FLAG_NONE});
        }
        nghttp2_data_provider provider{};
        provider.source.ptr = this;
        provider.read_callback = readBody;
        nghttp2_submit_response(m_session, id, raw.data(), raw.size(), &provider);
    }

    bool flush()
    {
        for (;;) {
            const uint8_t *data = nullptr;
            const ssize_t size = nghttp2_session_mem_send(m_session, &data);
            if (size < 0)
                return false;
            if (size == 0)
                return true;
            if (!m_connection.write(QByteArray(static_cast<const char *>(static_cast<const void *>(data)), size)))
                return false;
        }
    }

    static Http2 &self(void *data) { return *static_cast<Http2 *>(data); }

    static int onHeader(nghttp2_session *, const nghttp2_frame *frame, const uint8_t *name, size_t nameLength,
        const uint8_t *value, size_t valueLength, uint8_t, void *data)
    {
        const auto text = [](const uint8_t *bytes, size_t length) {
            return QByteArray(static_cast<const char *>(static_cast<const void *>(bytes)), static_cast<qsizetype>(length));
        };
        FaultRequest &request = self(data).m_streams[frame->hd.stream_id].request;
        const QByteArray key = text(name, nameLength);
        if (key == ":path")
            request.target = text(value, valueLength);
        else if (key == ":method")
            request.method = text(value, valueLength);
        else
            request.headers.append({key, text(value, valueLength)});
        return 0;
    }

    static int onFrame(nghttp2_session *, const nghttp2_frame *frame, void *data)
    {
        Http2 &http2 = self(data);
        const bool request = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
        if (!request || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
            return 0;
        Stream &stream = http2.m_streams[frame->hd.stream_id];
        stream.request.connection = http2.m_connection.number();
        stream.scene = http2.m_maker(stream.request);
        return 0;
    }

    static int onStreamClose(nghttp2_session *, int32_t id, uint32_t, void *data)
    {
        self(data).m_streams.erase(id);
        return 0;
    }

    static ssize_t readBody(nghttp2_session *, int32_t id, uint8_t *buffer, size_t length, uint32_t *flags,
        nghttp2_data_source *source, void *)
    {
        const auto found = self(source->ptr).m_streams.find(id);
        if (found == self(source->ptr).m_streams.end())
            return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        Stream &stream = found->second;
        const qsizetype size = std::min(stream.ready.size(), static_cast<qsizetype>(length));
        std::copy_n(stream.ready.constData(), size, static_cast<char *>(static_cast<void *>(buffer)));
        stream.ready.remove(0, size);
        if (stream.ready.isEmpty() && stream.ended)
            *flags |= NGHTTP2_DATA_FLAG_EOF;
        else if (size == 0)
            return NGHTTP2_ERR_DEFERRED;
        return size;
    }

    FaultConnection &m_connection;
    const SceneMaker &m_maker;
    nghttp2_session *m_session = nullptr;
    std::map<int32_t, Stream> m_streams;
    bool m_leaving = false;
};

} // namespace

Scene whole(int status, const QByteArray &body, const QByteArray &contentType)
{
    Scene scene;
    scene.status = status;
    scene.contentType = contentType;
    scene.length = body.size();
    scene.next = [body, sent = false]() mutable {
        return std::exchange(sent, true) ? Step{Kind::End, {}} : Step{Kind::Bytes, body};
    };
    return scene;
}

FaultScript play(SceneMaker maker)
{
    return [maker = std::move(maker)](FaultConnection &connection) {
        if (connection.protocol() == "h2") {
            Http2(connection, maker).run();
            return;
        }
        while (const auto request = connection.readRequest()) {
            if (!playHttp1(connection, maker(*request)))
                return;
        }
    };
}

} // namespace cairn::test
