// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QHash>

namespace cairn::app {

/// The application as tests/bench runs it: writes to a file how long the GUI thread was busy at a time, and when which
/// table was painted with how many rows. One JSON object a line, `ms` since the start:
///
///     {"ms":0,"event":"start","epoch":1767225600000}          milliseconds since 1970
///     {"ms":310.2,"event":"connected"}                        what mark() was called with
///     {"ms":402.9,"event":"painted","table":"pods.table","rows":500}   again whenever the number has changed
///     {"ms":455.0,"event":"slot","took":9.1,"cpu":8.8,"receiver":"QTimer","type":"Timer"}   8 ms or longer
///     {"ms":1000.1,"event":"second","longest":2.3,"cpu":2.2}  of all since the line before; none where nothing happened
///
/// `took` is wall time in milliseconds, `cpu` what the thread computed meanwhile: on a busy machine they differ. Without
/// CAIRN_MEASURE in the environment this class is not made.
class MeasuredApplication : public QApplication
{
    Q_OBJECT

public:
    /// The file CAIRN_MEASURE names; empty where nothing is to be measured.
    static QString wantedFile() { return qEnvironmentVariable("CAIRN_MEASURE"); }

    MeasuredApplication(int &argc, char **argv, const QString &file);
    void mark(const QByteArray &event);
    bool notify(QObject *receiver, QEvent *event) override;

private:
    void write(const QByteArray &event, const QByteArray &more = {});
    void painted(QObject *viewport);

    QFile m_file;
    QElapsedTimer m_clock;
    int m_depth = 0; ///< of notify() in itself: the outermost is one slot
    qint64 m_secondBegan = 0;
    double m_longest = 0, m_longestCpu = 0; ///< ms
    QHash<QObject *, int> m_rows;           ///< as painted last
};

} // namespace cairn::app
