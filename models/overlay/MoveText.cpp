// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "overlay/Services.h"

#include <QJsonArray>
#include <QJsonObject>
#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

// English like all that is generated: a file of a repository has no reader's language.

namespace cairn::overlay {
namespace {

using audit::ObjectName;
using services::Kind;

QString quoted(const QString &raw)
{
    return u'\'' + text::safe(raw).replace(u'\'', u"'\\''"_s) + u'\'';
}

/// Plain where a shell takes it so, as people write it.
QString word(const QString &raw)
{
    const bool plain = !raw.isEmpty() && std::ranges::all_of(raw, [](QChar c) {
        return (c.unicode() < 128 && c.isLetterOrNumber()) || QStringView(u"-._:/=,").contains(c);
    });
    return plain ? raw : quoted(raw);
}

QString selectorOf(const QJsonObject &workload)
{
    QStringList terms;
    const QJsonObject labels = workload.value(u"spec"_s)[u"selector"_s][u"matchLabels"_s].toObject();
    for (auto it = labels.begin(); it != labels.end(); ++it)
        terms.append(it.key() + u'=' + it->toString());
    return terms.join(u',');
}

/// "mysql" or "postgresql" by what the pod runs; nothing where it cannot be told.
std::optional<Kind> kindOf(const QJsonObject &store)
{
    for (const QJsonObject &container : audit::containersOf(audit::podTemplateOf(store))) {
        const QString image = container[u"image"_s].toString();
        if (image.contains("mysql"_L1) || image.contains("mariadb"_L1))
            return Kind::MySql;
        if (image.contains("postgres"_L1))
            return Kind::PostgreSql;
    }
    return std::nullopt;
}

class Text {
public:
    Text(const audit::Scene &scene, const Outside &outside, const QString &folder, const QString &settings)
        : m_outside(outside)
        , m_folder(word(folder))
        , m_settings(settings.isEmpty() ? QString() : word(settings))
    {
        if (const QJsonObject *store = outside.store.name.isEmpty() ? nullptr : scene.find(outside.store)) {
            m_from = kindOf(*store);
            m_container = audit::containersOf(audit::podTemplateOf(*store)).value(0)[u"name"_s].toString();
            m_image = audit::containersOf(audit::podTemplateOf(*store)).value(0)[u"image"_s].toString();
        }
        for (const ObjectName &name : outside.readers) {
            if (const QJsonObject *reader = scene.find(name))
                m_readers.append({name, audit::replicasOf(*reader), selectorOf(*reader)});
        }
    }

    QString run()
    {
        const services::Target &target = m_outside.target;
        line(u"# Moving the data of %1"_s.arg(m_outside.component));
        line();
        line(
            u"To %1 at `%2:%3`%4. Nothing here is run by Cairn, and no command holds a password: what asks for one is a prompt, and files with one are yours alone."_s
                .arg(services::kindName(target.kind), text::safe(target.host), QString::number(target.port),
                    target.user.isEmpty() ? QString() : u" as `%1`"_s.arg(text::safe(target.user))));
        line(u"While it is moved, %1 stands still: plan for the time of a dump and a restore."_s.arg(
            m_outside.component));
        line();
        before();
        const bool movable = m_from == target.kind;
        stop();
        if (movable && target.kind == Kind::MySql)
            mysql();
        else if (movable)
            postgres();
        else
            nothingToMove();
        change();
        after();
        back(movable);
        return m_text;
    }

private:
    struct Reader {
        ObjectName name;
        int replicas = 1;
        QString selector;
    };

    void line(const QString &text = {}) { m_text += text + u'\n'; }
    void step(const QString &title) { line(u"## %1. %2"_s.arg(++m_step).arg(title) + u'\n'); }
    void commands(const QStringList &lines)
    {
        line(u"```sh"_s);
        for (const QString &one : lines)
            line(one);
        line(u"```\n"_s);
    }
    QString resource(const ObjectName &name) const { return word(name.kind.toLower() + u'/' + name.name); }
    QString ns(const ObjectName &name) const { return u"kubectl -n %1"_s.arg(word(name.ns)); }

    /// Runs `script` in the database's pod. Its root password is the one in the pod's own environment.
    QString inStore(const QString &script, bool input) const
    {
        return u"%1 exec %2%3 -c %4 -- bash -c %5"_s.arg(ns(m_outside.store), input ? u"-i "_s : QString(),
            resource(m_outside.store), word(m_container), u'\'' + QString(script).replace(u'\'', u"'\\''"_s) + u'\'');
    }
    static QString mysqlHere(const QString &program)
    {
        return program
            + uR"( --defaults-extra-file=<(printf "[client]\nuser=root\npassword=\"%s\"\n" "$MYSQL_ROOT_PASSWORD"))"_s;
    }

    void before()
    {
        step(u"Before"_s);
        line(u"- The server is there and the component can use it, looked at from inside the cluster:"_s);
        commands({u"cairnctl overlay test %1 --from both --allow-helper --password-from stdin"_s.arg(
            m_settings.isEmpty() ? m_folder : m_settings)});
        if (m_outside.target.consumer == services::Consumer::Pipelines)
            line(
                u"- Runs that are under way keep their pods; what they report is kept until the API server is back. Recurring runs that are due meanwhile start late.\n"_s);
        else if (m_outside.target.consumer == services::Consumer::Katib)
            line(u"- Wait until no Experiment runs: metrics that trials report meanwhile are lost.\n"_s);
    }

    void stop()
    {
        step(u"Stop what writes"_s);
        QStringList lines;
        for (qsizetype i = m_readers.size(); i-- > 0;)
            lines.append(
                u"%1 scale %2 --replicas=0   # it has %3"_s.arg(ns(m_readers[i].name), resource(m_readers[i].name))
                    .arg(m_readers[i].replicas));
        for (const Reader &reader : std::as_const(m_readers)) {
            if (!reader.selector.isEmpty())
                lines.append(
                    u"%1 wait --for=delete pod -l %2 --timeout=180s"_s.arg(ns(reader.name), word(reader.selector)));
        }
        if (lines.isEmpty())
            line(u"What uses the database was not found in this cluster: scale it to 0 and note its counts.\n"_s);
        else
            commands(lines);
    }

    void mysql()
    {
        const services::Target &target = m_outside.target;
        QStringList names, literals;
        for (const QString &name : m_outside.databases) {
            names.append(word(name));
            literals.append(u'\'' + QString(text::safe(name)).replace(u'\'', u"''"_s) + u'\'');
        }
        step(u"Dump"_s);
        line(
            u"From %1 (`%2`), whose root password is in its own environment. The file is the way back as well: keep it."_s
                .arg(audit::shown(m_outside.store), text::safe(m_image)));
        const QString dump = mysqlHere(u"mysqldump"_s)
            + u" --single-transaction --routines --triggers --events --no-tablespaces --databases %1"_s.arg(
                names.join(u' '));
        commands({u"umask 077"_s, inStore(dump, false) + u" > %1.sql"_s.arg(m_outside.id),
            u"tail -n 1 %1.sql   # it ends with: -- Dump completed"_s.arg(m_outside.id)});
        line(
            u"Restoring into a server with GTIDs needs `--set-gtid-purged=OFF` behind `--single-transaction` (not known to MariaDB's mysqldump).\n"_s);

        step(u"Restore"_s);
        line(
            u"From a machine that reaches the server and has the `mysql` client. The file with the password is removed at the end."_s);
        commands(
            {u"( umask 077; read -rsp 'Password: ' p; printf '[client]\\nhost=%s\\nport=%s\\nuser=%s\\npassword=\"%s\"\\n' %1 %2 %3 \"$p\" > target.cnf )"_s
                    .arg(word(target.host), QString::number(target.port),
                        word(target.user.isEmpty() ? u"USER"_s : target.user)),
                u"mysql --defaults-extra-file=target.cnf < %1.sql"_s.arg(m_outside.id)});

        step(u"Compare the number of rows"_s);
        commands({u"cat > counts.sql <<'SQL'"_s, u"SET SESSION group_concat_max_len = 1000000;"_s,
            u"SELECT GROUP_CONCAT('SELECT ''', table_schema, '.', table_name, ''' AS t, COUNT(*) AS n FROM `', table_schema, '`.`', table_name, '`'"_s,
            u"       ORDER BY table_schema, table_name SEPARATOR ' UNION ALL ') INTO @q"_s,
            u"  FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema IN (%1);"_s.arg(
                literals.join(u", "_s)),
            u"PREPARE s FROM @q;"_s, u"EXECUTE s;"_s, u"SQL"_s,
            inStore(mysqlHere(u"mysql"_s) + u" -N -B"_s, true) + u" < counts.sql > before.txt"_s,
            u"mysql --defaults-extra-file=target.cnf -N -B < counts.sql > after.txt"_s,
            u"diff before.txt after.txt && wc -l after.txt   # no difference, and as many lines as there are tables"_s,
            u"rm target.cnf"_s});
        line(u"Do not go on where they differ.\n"_s);
    }

    void postgres()
    {
        const services::Target &target = m_outside.target;
        const QString database = m_outside.databases.value(0);
        const QString where = u"--host=%1 --port=%2 --username=%3 --password"_s.arg(
            word(target.host), QString::number(target.port), word(target.user.isEmpty() ? u"USER"_s : target.user));
        step(u"Dump"_s);
        line(u"From %1 (`%2`). The file is the way back as well: keep it."_s.arg(
            audit::shown(m_outside.store), text::safe(m_image)));
        commands({u"umask 077"_s,
            inStore(
                uR"(pg_dump --username="$POSTGRES_USER" --format=custom --no-owner "${POSTGRES_DB:-$POSTGRES_USER}")"_s,
                false)
                + u" > %1.dump"_s.arg(m_outside.id),
            u"pg_restore --list %1.dump | tail -n 3"_s.arg(m_outside.id)});
        step(u"Restore"_s);
        line(u"From a machine that reaches the server and has its client. It asks for the password."_s);
        commands({u"pg_restore %1 --dbname=%2 --no-owner --exit-on-error %3.dump"_s.arg(
            where, word(database), m_outside.id)});
        step(u"Compare the number of rows"_s);
        commands({u"cat > counts.sql <<'SQL'"_s,
            u"SELECT table_schema || '.' || table_name, (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %I.%I', table_schema, table_name), false, true, '')))[1]::text"_s,
            u"  FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1;"_s,
            u"SQL"_s,
            inStore(uR"(psql -X -A -t --username="$POSTGRES_USER" "${POSTGRES_DB:-$POSTGRES_USER}")"_s, true)
                + u" < counts.sql > before.txt"_s,
            u"psql -X -A -t %1 --dbname=%2 --file=counts.sql > after.txt"_s.arg(where, word(database)),
            u"diff before.txt after.txt && wc -l after.txt   # no difference, and as many lines as there are tables"_s});
        line(u"Do not go on where they differ.\n"_s);
    }

    void nothingToMove()
    {
        step(u"The data"_s);
        if (m_outside.store.name.isEmpty())
            line(
                u"The database that is used now was not found in this cluster. Where there is one, dump it, restore it to the server above, and compare the number of rows in each table.\n"_s);
        else if (!m_from)
            line(
                u"What %1 runs is not known. Dump it with its own tools, restore it to the server above, and compare the number of rows in each table.\n"_s
                    .arg(audit::shown(m_outside.store)));
        else
            line(
                u"%1 holds %2, and the server above is %3: there is no tool that moves one into the other. %4 makes its tables anew and begins without the former data, which stays where it is.\n"_s
                    .arg(audit::shown(m_outside.store), services::kindName(*m_from),
                        services::kindName(m_outside.target.kind), m_outside.component));
    }

    void change()
    {
        step(u"Switch"_s);
        const QString apply = u"cairnctl overlay apply --out %1%2 --password-from stdin"_s.arg(
            m_folder, m_settings.isEmpty() ? QString() : u" --settings "_s + m_settings);
        QStringList lines{apply + u"         # shows the steps"_s, apply + u" --yes   # does them"_s};
        line(u"It writes the Secret `%1` in `%2` last, then what leads there."_s.arg(
            text::safe(m_outside.secret), text::safe(m_outside.ns)));
        commands(lines);
        lines.clear();
        for (const Reader &reader : std::as_const(m_readers))
            lines.append(u"%1 scale %2 --replicas=%3"_s.arg(ns(reader.name), resource(reader.name))
                             .arg(std::max(1, reader.replicas)));
        if (!lines.isEmpty()) {
            line(u"Then start what was stopped, unless the overlay did:"_s);
            commands(lines);
        }
    }

    void after()
    {
        step(u"Check"_s);
        QStringList lines;
        for (const Reader &reader : std::as_const(m_readers))
            lines.append(u"%1 rollout status %2 --timeout=300s"_s.arg(ns(reader.name), resource(reader.name)));
        if (!lines.isEmpty())
            commands(lines);
        if (m_outside.target.consumer == services::Consumer::Pipelines)
            line(u"Former runs are listed, and a new run of a pipeline succeeds.\n"_s);
        else if (m_outside.target.consumer == services::Consumer::Katib)
            line(u"Former Experiments show their metrics, and a new one gets some.\n"_s);
    }

    void back(bool movable)
    {
        step(u"Going back"_s);
        line(
            u"The database in the cluster keeps its data: do not remove its PVC before you are sure. What was written to the new one since the switch is not in it%1."_s
                .arg(movable ? u"; dump and restore in the other direction first, where it counts"_s : QString()));
        commands({u"cairnctl overlay rollback --yes"_s});
    }

    const Outside &m_outside;
    const QString m_folder, m_settings; ///< quoted
    QString m_text;
    std::optional<Kind> m_from;
    QString m_container, m_image;
    QList<Reader> m_readers;
    int m_step = 0;
};

} // namespace

QString moveText(const audit::Scene &scene, const Outside &outside, const QString &folder, const QString &settings)
{
    return Text(scene, outside, folder, settings).run();
}

} // namespace cairn::overlay
