// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "forms/Field.h"

#include <QHash>

namespace cairn::kit {
class Label;
class Paragraph;
class SignLine;
} // namespace cairn::kit

namespace cairn::forms {

/// Caption at the left, fields with words between them at the right (on more lines where one has no room), and below what is to be said: the first error of a field,
/// else its refusal, else the row's own hint. The caption is the buddy of the first field.
class FieldRow : public QWidget {
    Q_OBJECT

public:
    explicit FieldRow(const QString &caption, QWidget *parent = nullptr);
    FieldRow(const QString &caption, Field *field, QWidget *parent = nullptr);
    /// In reading order; one that stretches takes the room that is left.
    void add(Field *field, bool stretching = false);
    /// They go with the field that comes next: hidden while it is.
    void addWords(const QString &words);
    void addWidget(QWidget *widget);
    void setHint(const QString &hint);
    /// Signs with words under the fields, as findings about the value: "✓ pull secret is in nlp". They stand with the hint.
    void setFindings(const QList<std::pair<kit::Tone, QString>> &findings);
    const QList<Field *> &fields() const { return m_fields; }
    /// What stands below now.
    QString message() const;

signals:
    /// A field was changed by the user.
    void changed();
    void messageChanged();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void updateBelow();
    kit::Label *m_words = nullptr; ///< that no field came after yet
    QHash<QObject *, kit::Label *> m_wordsOf;
    kit::Label *m_caption;
    class FieldFlow *m_right;
    kit::Paragraph *m_below;
    kit::SignLine *m_findings;
    QString m_hint;
    QList<Field *> m_fields;
};

/// Rows one below the other; knows whether all are valid and where the first is that is not.
class Form : public QWidget {
    Q_OBJECT

public:
    explicit Form(QWidget *parent = nullptr);
    FieldRow *addRow(const QString &caption, Field *field = nullptr);
    /// A hairline between groups of rows.
    void addLine();
    void addWidget(QWidget *widget);
    QList<Field *> fields() const;
    bool isValid() const;
    /// Says below every field what is wrong with it and puts the focus on the first one; false where nothing is wrong.
    bool revealFirstError();

signals:
    /// A field was changed by the user.
    void changed();
    /// isValid() may be another.
    void validityChanged();

private:
    QList<FieldRow *> m_rows;
};

} // namespace cairn::forms
