// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace cairn::editors {

/// Kinds of text in a code editor; the numbers are Scintilla's style numbers.
enum class CodeStyle : char { Text, Key, Number, Comment, Added, Removed, Quiet };
inline constexpr int codeStyles = static_cast<int>(CodeStyle::Quiet) + 1;

/// Styles one line of YAML (UTF-8, without its end) as Kubernetes tools write it: appends one CodeStyle for each byte.
/// `state` is what the function returned for the line before, 0 at the start: the column a block scalar ("|", ">") has to
/// be indented beyond, plus one. Any bytes are a line; time is linear.
int styleYamlLine(std::string_view line, int state, std::string &styles);

/// How deep a line is nested, for folding; -1 where it belongs to what is around it (blank, comment). Items of a list are
/// deeper than the key they stand under, even at the same column; "---" is above all else.
int yamlFoldDepth(std::string_view line);

} // namespace cairn::editors
