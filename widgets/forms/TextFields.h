// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "forms/Field.h"

#include <QRegularExpression>
#include <chrono>
#include <functional>
#include <optional>

class QPlainTextEdit;

namespace cairn::kit {
class Button;
class Input;
} // namespace cairn::kit

namespace cairn::forms {

/// One line of text. Value: QString, trimmed; invalid where nothing is typed.
class TextField : public Field {
    Q_OBJECT

public:
    explicit TextField(const QString &name, QWidget *parent = nullptr);
    QVariant value() const override;
    void setValue(const QVariant &value) override;
    bool isEmpty() const override;
    QString text() const;

    /// The whole text has to match; `why` says what is allowed: "Lower-case letters, digits and hyphens."
    void setPattern(const QRegularExpression &pattern, const QString &why);
    /// The same by a rule that says what is wrong with a text; "" where nothing is.
    void setRule(std::function<QString(const QString &)> rule);
    void setMaxLength(int characters);
    void setPlaceholder(const QString &text);
    /// Names to be typed, paths and code are in the monospace type.
    void setMono();
    /// Room for so many characters and no more; 0: all there is.
    void setColumns(int columns);
    kit::Input *input() const { return m_input; }

protected:
    QString ownProblem() const override;

private:
    kit::Input *m_input;
    std::function<QString(const QString &)> m_rule;
    int m_columns = 0;
};

/// A password or token. Never shown unless the user asks, never in a menu of the clipboard, and set without being shown at all.
/// Value: QString as typed.
class SecretField : public Field {
    Q_OBJECT

public:
    explicit SecretField(const QString &name, QWidget *parent = nullptr);
    QVariant value() const override;
    void setValue(const QVariant &value) override;
    bool isEmpty() const override;
    /// There is one already that stays as long as nothing is typed; then the field is not required.
    void setKept(bool kept);

private:
    void updateEye();
    kit::Input *m_input;
    kit::Button *m_eye;
    bool m_kept = false;
};

/// Several lines, each an entry that is passed as it is: no quotes, no shell. Value: QStringList without empty lines at the end;
/// invalid where there is none.
class LinesField : public Field {
    Q_OBJECT

public:
    explicit LinesField(const QString &name, QWidget *parent = nullptr);
    QVariant value() const override;
    void setValue(const QVariant &value) override;
    bool isEmpty() const override;
    /// Height in lines, 3…20.
    void setRows(int rows);
    /// Each line that is not blank has to match as a whole; `why` says what is allowed.
    void setPattern(const QRegularExpression &pattern, const QString &why);

protected:
    QString ownProblem() const override;
    void showBad(bool bad) override;
    void paintEvent(QPaintEvent *event) override;

private:
    QPlainTextEdit *m_edit;
    QRegularExpression m_pattern;
    QString m_why;
    int m_rows = 3;
    bool m_bad = false;
};

/// A file or a folder of this computer, typed or chosen. Value: QString, an absolute path with "~" spelt out. Whether it is
/// there is for the one who uses it to find out: a look at a hanging disk would block.
class PathField : public Field {
    Q_OBJECT

public:
    enum class Kind { File, NewFile, Folder };

    PathField(const QString &name, Kind kind, QWidget *parent = nullptr);
    QVariant value() const override;
    void setValue(const QVariant &value) override;
    bool isEmpty() const override;
    /// As of QFileDialog: "YAML (*.yaml *.yml)".
    void setFilter(const QString &filter);

protected:
    QString ownProblem() const override;

private:
    QString path() const;
    void browse();
    Kind m_kind;
    QString m_filter;
    kit::Input *m_input;
    kit::Button *m_browse;
};

/// A Kubernetes quantity. Value: QString, canonical ("64Gi", "500m"). Typed in Kubernetes' way or in people's ("64 GiB"); a
/// number alone is counted in the unit of the field, which stands behind it.
class QuantityField : public Field {
    Q_OBJECT

public:
    /// `unit` is a suffix of Kubernetes ("Gi", "m", ""), `word` what stands behind the field ("GiB memory", "CPU").
    QuantityField(const QString &name, const QString &unit, const QString &word, QWidget *parent = nullptr);
    QVariant value() const override;
    void setValue(const QVariant &value) override;
    bool isEmpty() const override;
    /// In bytes, cores or pieces.
    std::optional<double> amount() const;
    /// As quantities ("1Gi"); "" for no bound.
    void setBounds(const QString &least, const QString &most);

protected:
    QString ownProblem() const override;

private:
    QString m_unit;
    QString m_least, m_most;
    kit::Input *m_input;
};

/// A length of time. Value: qint64, milliseconds. "90 s", "1h30m", "1 h 30 min"; a number alone is counted in `unit`.
class DurationField : public Field {
    Q_OBJECT

public:
    explicit DurationField(const QString &name, std::chrono::milliseconds unit, QWidget *parent = nullptr);
    QVariant value() const override;
    void setValue(const QVariant &value) override;
    bool isEmpty() const override;
    void setBounds(std::chrono::milliseconds least, std::chrono::milliseconds most);
    /// What counts while nothing is typed: "41 s".
    void setPlaceholder(const QString &text);

protected:
    QString ownProblem() const override;

private:
    std::optional<std::chrono::milliseconds> duration() const;
    std::chrono::milliseconds m_unit;
    std::optional<std::pair<std::chrono::milliseconds, std::chrono::milliseconds>> m_bounds;
    kit::Input *m_input;
};

} // namespace cairn::forms
