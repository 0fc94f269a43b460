// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/HelperScript.h"

#include "checkpoints/Format.h"

#include <QCryptographicHash>
#include <QRandomGenerator>
#include <array>

using namespace Qt::StringLiterals;

namespace cairn::ckpt::helper {
namespace {

// Bytes of names the script lists of candidates and of other files; beyond, the listing is partial.
constexpr qint64 candidateNames = 393216;
constexpr qint64 otherNames = 131072;

// Probing costs some processes for each file, so the first call probes only as many as 24 KiB of names hold, and
// sends at most 2.4 MB of contents; whatever else is needed is asked for by range later.

// The pod's log holds stderr as well, so it is closed once the tools are known to be there.

// Notes on portability: no $( ), because Kubernetes expands $(NAME) in commands; printf is a builtin in dash and
// busybox ash, so its arguments have no length limit; stat -c knows %s and %Y in both; dd seeks with skip=.
const char *const script = R"script(LC_ALL=C
export LC_ALL
M=$1
MODE=$2
for t in base64 dd find head stat tr wc xargs; do
  command -v $t >/dev/null 2>&1 || { echo "@@$M B 1"; echo "@@$M X missing-$t"; echo "@@$M Z"; exit 0; }
done
exec 2>/dev/null
ROOT=`printf %s "$3" | base64 -d`
DIR=`printf %s "$4" | base64 -d`
shift 4
SUM=cksum
command -v cksum >/dev/null 2>&1 || SUM=sha256sum
export SUM
echo "@@$M B 1"
cd "$DIR" || { echo "@@$M X nofolder"; echo "@@$M Z"; exit 0; }
ROOT=`cd "$ROOT" && pwd -P`
case "`pwd -P`/" in "${ROOT%/}"/*) ;; *) echo "@@$M X outside"; echo "@@$M Z"; exit 0 ;; esac
R='m=$1; shift
r() {
d=`dd if="$1" bs=4096 skip=$2 count=$3 2>/dev/null | base64`
q=`printf %s "$1" | base64`
p="$q
=
$d"
c=`printf %s "$p" | $SUM`
echo "@@$m S r $2 $3 ${#p} $c"
printf "%s\n" "$p"
}
'
if [ "$MODE" = read ]; then
  for w; do
    printf %s "$w" | base64 -d | xargs -0 -n 50 sh -c "$R"'for i; do
b=${i%%:*}; k=${i#*:}; c=${k%%:*}; f=${k#*:}
if [ -L "$f" ]; then continue; fi
if [ -f "$f" ]; then r "$f" $b $c; elif [ ! -e "$f" ]; then echo "@@$m G `printf %s "$f" | base64 | tr -d "\n"`"; fi
done' sh "$M"
  done
  echo "@@$M Z"
  exit 0
fi
L='m=$1; t=$2; shift 2
[ $# -gt 0 ] || exit 0
s=`stat -c "%s %Y" "$@" 2>/dev/null`
l=`printf "%s\n" "$s" | wc -l`
[ $l -eq $# ] || s=`for f; do stat -c "%s %Y" "$f" 2>/dev/null || echo "- -"; done`
n=`printf "%s\0" "$@" | base64`
p="$n
=
$s"
c=`printf %s "$p" | $SUM`
echo "@@$m S $t $# 0 ${#p} $c"
printf "%s\n" "$p"'
P='for f; do
s=`stat -c %s "$f" 2>/dev/null` || continue
b=$((s / 4096))
case "$f" in
*.json|*/.metadata) [ $b -gt 16 ] || { r "$f" 0 17; continue; } ;;
esac
if [ $b -le 3 ]; then r "$f" 0 4; else
case "$f" in *.distcp) ;; *) r "$f" 0 1 ;; esac
r "$f" $((b - 1)) 2
fi
done'
found() {
  find . -xdev $2 ${3:--type f} $1 \( @NAMES@ \) -print0
}
cand() {
  found "$1" '-maxdepth 2' 2>/dev/null
  found "$1" '-mindepth 3 -maxdepth 32'
}
exec 3>&1
E=`{ cand '' 2>&4 | head -c 393216 | xargs -0 -n 200 sh -c "$L" sh "$M" c 2>&4 >&3; } 4>&1 | { head -c 2000; cat >/dev/null; }`
E=`printf %s "$E" | base64 | tr -d '\n'`
[ -z "$E" ] || echo "@@$M E $E"
cand ! | head -c 131072 | xargs -0 -n 200 sh -c "$L" sh "$M" o
found '' '-maxdepth 32' '! -type f ! -type d' | head -c 16384 | xargs -0 -n 200 sh -c "$L" sh "$M" x
cand '' | head -c 24576 | xargs -0 -n 50 sh -c "$R$P" sh "$M" | head -c 2400000
echo
echo "@@$M Z"
)script";

/// "/mnt/x" → base64 of "/mnt/x/.": the shell drops newlines at the end of a substitution, and names may end in one.
QString folderArgument(const QByteArray &folder)
{
    return QString::fromLatin1((folder + "/.").toBase64());
}

QByteArray withoutDot(QByteArray name)
{
    return name.startsWith("./") ? name.mid(2) : name;
}

std::array<quint32, 256> makeTable()
{
    std::array<quint32, 256> table{};
    for (quint32 i = 0; i < 256; ++i) {
        quint32 c = i << 24;
        for (int k = 0; k < 8; ++k)
            c = c & 0x80000000u ? (c << 1) ^ 0x04c11db7u : c << 1;
        table[i] = c;
    }
    return table;
}

/// One section: its header words after "S", and its payload lines.
struct Section {
    QList<QByteArray> words;
    QByteArray payload;
};

/// Checks the payload and splits it at the "=" line; false where the section does not hold what its checksum says.
bool openSection(const Section &section, QByteArray &first, QByteArray &second)
{
    if (section.words.size() < 6)
        return false;
    bool ok = false;
    const qlonglong length = section.words[3].toLongLong(&ok);
    if (!ok || length < 0 || length > section.payload.size() || !section.payload.mid(length).trimmed().isEmpty())
        return false;
    const QByteArray payload = section.payload.left(length);
    const QByteArray sum = section.words[4];
    if (sum.size() == 64 ? QCryptographicHash::hash(payload, QCryptographicHash::Sha256).toHex() != sum
                         : QByteArray::number(posixChecksum(payload)) != sum)
        return false;
    // "=" stands on a line of its own once: base64 lines have 76 characters, so padding never does.
    const qsizetype at = payload.indexOf("\n=\n");
    if (at < 0)
        return false;
    first = QByteArray::fromBase64(payload.left(at));
    second = payload.mid(at + 3);
    return true;
}

bool readList(const Section &section, QList<Listed> &into, qint64 &nameBytes)
{
    QByteArray names;
    QByteArray stats;
    if (!openSection(section, names, stats) || !names.endsWith('\0'))
        return false;
    names.chop(1);
    const QList<QByteArray> paths = names.split('\0');
    const QList<QByteArray> lines = stats.split('\n');
    if (paths.size() != lines.size() || section.words[1].toLongLong() != paths.size())
        return false;
    for (qsizetype i = 0; i < paths.size(); ++i) {
        nameBytes += paths[i].size() + 1;
        const QList<QByteArray> fields = lines[i].split(' ');
        bool sizeOk = false;
        bool timeOk = false;
        Listed listed{withoutDot(paths[i]), 0, 0};
        if (fields.size() == 2) {
            listed.size = fields[0].toLongLong(&sizeOk);
            listed.mtime = fields[1].toLongLong(&timeOk);
        }
        if (sizeOk && timeOk && listed.size >= 0) // "- -": gone between find and stat
            into << listed;
    }
    return true;
}

bool readRange(const Section &section, QList<Range> &into)
{
    QByteArray name;
    QByteArray encoded;
    if (!openSection(section, name, encoded))
        return false;
    bool firstOk = false;
    bool countOk = false;
    const qlonglong first = section.words[1].toLongLong(&firstOk);
    const qlonglong count = section.words[2].toLongLong(&countOk);
    const QByteArray bytes = QByteArray::fromBase64(encoded);
    if (!firstOk || !countOk || first < 0 || first > std::numeric_limits<qint64>::max() / block || bytes.size() > count * block)
        return false;
    into << Range{withoutDot(name), first * block, bytes};
    return true;
}

} // namespace

const QString &scriptText()
{
    static const QString text = [] {
        QByteArrayList names;
        for (const QByteArray &pattern : candidatePatterns())
            names << "-name '" + pattern + '\'';
        return QString::fromLatin1(QByteArray(script).replace("@NAMES@", names.join(" -o ")));
    }();
    return text;
}

QStringList listArguments(const QByteArray &marker, const QByteArray &mount, const QByteArray &folder)
{
    return {QString::fromLatin1(marker), u"list"_s, folderArgument(mount), folderArgument(folder)};
}

QStringList readArguments(const QByteArray &marker, const QByteArray &mount, const QByteArray &folder,
                          const QList<Want> &wants)
{
    QStringList arguments{QString::fromLatin1(marker), u"read"_s, folderArgument(mount), folderArgument(folder)};
    constexpr qsizetype chunk = 60'000; // 80 KB as base64
    QByteArray items;
    const auto flush = [&] {
        if (!items.isEmpty())
            arguments << QString::fromLatin1(items.toBase64());
        items.clear();
    };
    for (const Want &want : wants) {
        const QByteArray item = QByteArray::number(want.first) + ':' + QByteArray::number(want.count) + ":./" + want.path + '\0';
        if (items.size() + item.size() > chunk)
            flush();
        items += item;
    }
    flush();
    return arguments;
}

QByteArray newMarker()
{
    std::array<quint32, 4> random{};
    QRandomGenerator::system()->fillRange(random.data(), static_cast<qsizetype>(random.size()));
    return QByteArray(reinterpret_cast<const char *>(random.data()), sizeof random).toHex();
}

Output parse(const QByteArray &log, const QByteArray &marker)
{
    Output output;
    const QByteArray prefix = "@@" + marker + ' ';
    QList<Section> sections;
    bool open = false;
    qsizetype at = 0;
    while (at < log.size() && !output.ended) {
        qsizetype end = log.indexOf('\n', at);
        const bool whole = end >= 0;
        if (!whole)
            end = log.size();
        const QByteArray line = log.mid(at, end - at);
        at = end + 1;
        if (!line.startsWith(prefix)) {
            if (open)
                sections.last().payload += line + (whole ? "\n" : "");
            else if (!line.trimmed().isEmpty())
                output.damaged = true; // lines whose header is missing
            continue;
        }
        open = false;
        const QList<QByteArray> words = line.mid(prefix.size()).split(' ');
        if (!whole) {
            output.damaged = true; // cut within a marker
        } else if (words.first() == "B") {
            output.begun = true;
        } else if (words.first() == "E") {
            output.complaints = QByteArray::fromBase64(words.last());
        } else if (words.first() == "G") {
            output.gone << withoutDot(QByteArray::fromBase64(words.last()));
        } else if (words.first() == "X") {
            output.refusal = QString::fromLatin1(words.last());
        } else if (words.first() == "Z") {
            output.ended = true;
        } else if (words.first() == "S") {
            sections << Section{words.mid(1), {}};
            open = true;
        } else {
            output.damaged = true;
        }
    }
    qint64 candidateBytes = 0;
    qint64 otherBytes = 0;
    qint64 specialBytes = 0;
    for (const Section &section : sections) {
        const QByteArray kind = section.words.value(0);
        if (kind == "c")
            output.damaged = !readList(section, output.candidates, candidateBytes) || output.damaged;
        else if (kind == "o")
            output.damaged = !readList(section, output.others, otherBytes) || output.damaged;
        else if (kind == "x")
            output.damaged = !readList(section, output.specials, specialBytes) || output.damaged;
        else if (kind == "r")
            readRange(section, output.ranges); // a bad one is asked for again
        else
            output.damaged = true;
    }
    output.candidatesCut = candidateBytes >= candidateNames;
    output.othersCut = otherBytes >= otherNames;
    return output;
}

quint32 posixChecksum(const QByteArray &bytes)
{
    // IEEE Std 1003.1, cksum: CRC over the bytes, then over their count, least significant byte first; complemented.
    static const std::array<quint32, 256> table = makeTable();
    quint32 crc = 0;
    for (const char c : bytes)
        crc = (crc << 8) ^ table[(crc >> 24) ^ static_cast<uchar>(c)];
    for (quint64 n = static_cast<quint64>(bytes.size()); n != 0; n >>= 8)
        crc = (crc << 8) ^ table[(crc >> 24) ^ (n & 0xff)];
    return ~crc;
}

} // namespace cairn::ckpt::helper
