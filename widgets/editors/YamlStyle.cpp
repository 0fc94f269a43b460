// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/YamlStyle.h"

#include <algorithm>
#include <array>

namespace cairn::editors {

namespace {

constexpr auto npos = std::string_view::npos;

std::size_t indentOf(std::string_view line)
{
    return std::min(line.find_first_not_of(' '), line.size());
}

bool isItem(std::string_view rest)
{
    return rest.starts_with('-') && (rest.size() == 1 || rest[1] == ' ');
}

bool isDocument(std::string_view line)
{
    return (line.starts_with("---") || line.starts_with("...")) && (line.size() == 3 || line[3] == ' ');
}

/// Where the quoted text that begins at `from` ends (behind the quote); npos where it does not on this line.
std::size_t quotedEnd(std::string_view line, std::size_t from)
{
    const char quote = line[from];
    for (std::size_t i = from + 1; i < line.size(); ++i) {
        if (quote == '"' && line[i] == '\\')
            ++i;
        else if (line[i] == quote)
            return i + 1;
    }
    return npos;
}

/// Where a comment begins at or after `from`; the end of the line where there is none.
std::size_t commentFrom(std::string_view line, std::size_t from)
{
    for (std::size_t i = line.find('#', from); i != npos; i = line.find('#', i + 1)) {
        if (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')
            return i;
    }
    return line.size();
}

/// The end of the key that begins at `from`, where its colon stands; npos where there is no key.
std::size_t keyEnd(std::string_view line, std::size_t from)
{
    if (from >= line.size())
        return npos;
    std::size_t colon = npos;
    if (line[from] == '"' || line[from] == '\'') {
        colon = quotedEnd(line, from);
    } else {
        if (std::string_view("#[]{}&*!|>%@`,").find(line[from]) != npos)
            return npos;
        const std::size_t stop = commentFrom(line, from);
        for (colon = line.find(':', from); colon != npos && colon < stop; colon = line.find(':', colon + 1)) {
            if (colon + 1 == line.size() || line[colon + 1] == ' ' || line[colon + 1] == '\t')
                break;
        }
        if (colon != npos && colon >= stop)
            colon = npos;
    }
    if (colon == npos || colon >= line.size() || line[colon] != ':')
        return npos;
    return colon + 1 == line.size() || line[colon + 1] == ' ' || line[colon + 1] == '\t' ? colon : npos;
}

/// A number, true, false or null: what a reader of YAML does not take for text.
bool hasMeaning(std::string_view word)
{
    static constexpr std::array<std::string_view, 10> words{
        "true", "false", "null", "~", "True", "False", "Null", "TRUE", "FALSE", "NULL"};
    if (std::find(words.begin(), words.end(), word) != words.end())
        return true;
    if (!word.empty() && (word[0] == '-' || word[0] == '+'))
        word.remove_prefix(1);
    bool digit = false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char c = word[i];
        const bool isDigit = c >= '0' && c <= '9';
        const bool sign = (c == '-' || c == '+') && i > 0 && (word[i - 1] == 'e' || word[i - 1] == 'E');
        if (!isDigit && !sign && c != '.' && !(digit && (c == 'e' || c == 'E')))
            return false;
        digit |= isDigit;
    }
    // A version ("1.2.3") is text.
    return digit && std::count(word.begin(), word.end(), '.') <= 1;
}

} // namespace

int styleYamlLine(std::string_view line, int state, std::string &styles)
{
    const std::size_t base = styles.size();
    styles.append(line.size(), static_cast<char>(CodeStyle::Text));
    const auto paint = [&](std::size_t from, std::size_t to, CodeStyle style) {
        for (std::size_t i = from; i < std::min(to, line.size()); ++i)
            styles[base + i] = static_cast<char>(style);
    };
    const std::size_t indent = indentOf(line);
    const bool blank = indent == line.size();
    if (state > 0 && (blank || indent >= static_cast<std::size_t>(state)))
        return state;
    if (blank)
        return 0;
    if (line[indent] == '#' || isDocument(line)) {
        paint(indent, line.size(), CodeStyle::Comment);
        return 0;
    }
    std::size_t at = indent;
    std::size_t owner = indent; // column that a block scalar is indented beyond
    while (at < line.size() && isItem(line.substr(at))) {
        owner = at;
        at = std::min(line.find_first_not_of(' ', at + 1), line.size());
    }
    if (const std::size_t colon = keyEnd(line, at); colon != npos) {
        paint(at, colon, CodeStyle::Key);
        owner = at;
        at = std::min(line.find_first_not_of(" \t", colon + 1), line.size());
    }
    // Anchors and tags stand before the value.
    while (at < line.size() && (line[at] == '&' || line[at] == '!')) {
        at = std::min(line.find(' ', at), line.size());
        at = std::min(line.find_first_not_of(' ', at), line.size());
    }
    if (at >= line.size())
        return 0;
    std::size_t end = at;
    if (line[at] == '"' || line[at] == '\'') {
        end = quotedEnd(line, at);
        if (end == npos)
            return 0;
    } else if (line[at] == '|' || line[at] == '>') {
        const std::size_t comment = commentFrom(line, at + 1);
        paint(comment, line.size(), CodeStyle::Comment);
        const std::string_view header = line.substr(at + 1, comment - at - 1);
        return header.find_first_not_of("+-0123456789 ") == npos ? static_cast<int>(std::min<std::size_t>(owner + 1, 1 << 20)) : 0;
    }
    const std::size_t comment = commentFrom(line, end);
    paint(comment, line.size(), CodeStyle::Comment);
    if (end == at) {
        std::string_view word = line.substr(at, comment - at);
        word = word.substr(0, word.find_last_not_of(" \t") + 1);
        if (hasMeaning(word))
            paint(at, at + word.size(), CodeStyle::Number);
    }
    return 0;
}

int yamlFoldDepth(std::string_view line)
{
    constexpr std::size_t deepest = 1000;
    const std::size_t indent = indentOf(line);
    if (indent == line.size() || line[indent] == '#')
        return -1;
    if (isDocument(line))
        return 0;
    return 1 + 2 * static_cast<int>(std::min(indent, deepest)) + (isItem(line.substr(indent)) ? 1 : 0);
}

} // namespace cairn::editors
