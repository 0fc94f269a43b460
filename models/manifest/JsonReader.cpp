// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/JsonReader.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <algorithm>
#include <cctype>
#include <cstring>

namespace cairn::manifest {
namespace {

/// Without recursion: the builder bounds the depth, and it is asked first.
class Reader
{
public:
    Reader(const QByteArray &text, int at, int end, TreeBuilder &builder) : m_text(text), m_at(at), m_end(end), m_builder(builder) {}

    int read()
    {
        for (;;) {
            space();
            if (m_wantsValue ? !value() : !afterValue())
                return m_at;
            if (m_open.empty() && !m_wantsValue) {
                space();
                return m_at == m_end ? -1 : m_at;
            }
        }
    }

private:
    const QByteArray &m_text;
    int m_at;
    int m_end;
    TreeBuilder &m_builder;
    std::vector<bool> m_open; ///< true for a map
    bool m_wantsValue = true;

    char here() const { return m_at < m_end ? m_text[m_at] : '\0'; }
    void space()
    {
        while (m_at < m_end && lex::isSpace(m_text[m_at]))
            ++m_at;
    }

    bool value()
    {
        const int begin = m_at;
        switch (here()) {
        case '{':
        case '[':
            return open(here() == '{');
        case '"':
            return string() && (m_wantsValue = false, true);
        default: break;
        }
        while (m_at < m_end && !lex::isSpace(here()) && !strchr(",]}:\"[{", here()))
            ++m_at;
        const QByteArrayView word(m_text.constData() + begin, m_at - begin);
        if (word == "null")
            m_builder.null(begin, 0);
        else if (word == "true" || word == "false" || isNumber(word))
            m_builder.scalar(begin, 0, "?", word);
        else {
            m_at = begin;
            return false;
        }
        m_wantsValue = false;
        return true;
    }

    bool open(bool map)
    {
        m_builder.open(m_at, map, true, 0, "?");
        m_open.push_back(map);
        ++m_at;
        space();
        if (here() == (map ? '}' : ']'))
            return close();
        return !map || key();
    }

    bool close()
    {
        ++m_at;
        m_open.pop_back();
        m_builder.close();
        m_wantsValue = false;
        return true;
    }

    bool key()
    {
        space();
        if (here() != '"' || !string())
            return false;
        space();
        if (here() != ':')
            return false;
        ++m_at;
        return true;
    }

    bool afterValue()
    {
        if (here() == (m_open.back() ? '}' : ']'))
            return close();
        if (here() != ',')
            return false;
        ++m_at;
        m_wantsValue = true;
        return !m_open.back() || key();
    }

    bool string()
    {
        const int begin = m_at;
        bool escaped = false;
        int at = begin + 1;
        for (; at < m_end && m_text[at] != '"'; ++at) {
            if (static_cast<uchar>(m_text[at]) < 0x20) {
                m_at = at;
                return false;
            }
            if (m_text[at] != '\\')
                continue;
            escaped = true;
            if (!isEscape(++at)) { // Qt lets others pass
                m_at = std::min(at, m_end);
                return false;
            }
        }
        if (at >= m_end) {
            m_at = m_end;
            return false;
        }
        QByteArray said = m_text.sliced(begin + 1, at - begin - 1);
        if (escaped) {
            // Qt knows the escapes; a whole document would be needed for one string only.
            const QJsonArray list = QJsonDocument::fromJson("[\"" + said + "\"]").array();
            if (list.size() != 1)
                return false;
            said = list.at(0).toString().toUtf8();
        }
        m_at = at + 1;
        m_builder.scalar(begin, 0, "!", said);
        return true;
    }

    bool isEscape(int at) const
    {
        if (at >= m_end || !strchr("\"\\/bfnrtu", m_text[at]))
            return false;
        const QByteArrayView digits = m_text[at] == 'u' && at + 5 <= m_end ? QByteArrayView(m_text).sliced(at + 1, 4) : QByteArrayView();
        return m_text[at] != 'u' || (digits.size() == 4 && std::all_of(digits.begin(), digits.end(), [](char c) { return isxdigit(static_cast<uchar>(c)) != 0; }));
    }

    static bool isNumber(QByteArrayView s)
    {
        qsizetype i = s.startsWith('-') ? 1 : 0;
        const auto digits = [&] {
            const qsizetype from = i;
            while (i < s.size() && s[i] >= '0' && s[i] <= '9')
                ++i;
            return i - from;
        };
        const bool zero = i < s.size() && s[i] == '0';
        if (const qsizetype n = digits(); n == 0 || (zero && n > 1))
            return false;
        if (i < s.size() && s[i] == '.') {
            ++i;
            if (digits() == 0)
                return false;
        }
        if (i < s.size() && (s[i] == 'e' || s[i] == 'E')) {
            ++i;
            if (i < s.size() && (s[i] == '-' || s[i] == '+'))
                ++i;
            if (digits() == 0)
                return false;
        }
        return i == s.size();
    }
};

} // namespace

int readJson(const Tree &tree, const Tree::Part &part, TreeBuilder &builder)
{
    return Reader(tree.text, lex::skipSpace(tree.text, part.content, part.end), part.end, builder).read();
}

} // namespace cairn::manifest
