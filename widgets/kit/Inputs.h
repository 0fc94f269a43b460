// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "kit/Theme.h"

#include <QAbstractButton>
#include <QCheckBox>
#include <QLineEdit>
#include <optional>

class QTimer;
class QToolButton;

namespace cairn::kit {

class Label;
class Paragraph;

/// A line edit, 30 px high. `name` is its accessible name.
class Input : public QLineEdit {
    Q_OBJECT

public:
    explicit Input(const QString &name, QWidget *parent = nullptr);
    /// Red frame; the text belongs under the field (FormRow does both).
    void setBad(bool bad);
    /// Type::Mono for names to be typed.
    void setType(Type type);
};

/// Filter or search field: magnifier, placeholder, the key that focuses it as a hint while empty and unfocused, a
/// clear button while not empty. Emits `changed` 150 ms after the last key and at once on Enter, Down or clear; Down then
/// emits `moveDown`, Enter `entered`. Esc clears, a second Esc emits `left`.
class SearchField : public QLineEdit {
    Q_OBJECT

public:
    explicit SearchField(
        const QString &placeholder, const QString &key = QStringLiteral("/"), QWidget *parent = nullptr);
    /// Dim text at the right, "3 of 14"; "" takes it away.
    void setNote(const QString &note);

signals:
    void changed(const QString &text);
    void left();
    void moveDown();
    void entered();

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void flush();
    QRect clearRect() const;
    void updateMargins();
    QTimer *m_delay;
    QToolButton *m_clear;
    QString m_key;
    QString m_note;
    QString m_sent;
};

/// One of several, side by side. Arrow keys move, Tab enters and leaves as one stop.
class Segment : public QWidget {
    Q_OBJECT

public:
    enum class Size { Normal, Small };

    explicit Segment(
        const QString &name, const QStringList &labels, Size size = Size::Small, QWidget *parent = nullptr);
    int current() const { return m_current; }
    /// -1: none of them (the filters match no saved view).
    void setCurrent(int index);
    void setLabel(int index, const QString &label);
    void setSegmentEnabled(int index, bool enabled, const QString &why = {});
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

signals:
    void currentChanged(int index);

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    bool event(QEvent *event) override;

private:
    QList<QRect> rects() const;
    void choose(int index);
    void updateName();
    QString m_name;
    QStringList m_labels;
    QList<bool> m_enabled;
    QStringList m_reasons;
    Size m_size;
    int m_current = 0;
    int m_hover = -1;
};

/// A small framed word that can be on or off (a filter in force), removed, or open a menu.
class Chip : public QAbstractButton {
    Q_OBJECT

public:
    enum class Tail { None, Remove, Menu };

    explicit Chip(const QString &text, Tail tail = Tail::None, QWidget *parent = nullptr);
    /// Dim text after the word ("1 204").
    void setDetail(const QString &detail);
    /// Series marker before the word; -1 for none.
    void setSeries(int index);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    void updateName();
    Tail m_tail;
    QString m_detail;
    int m_series = -1;
};

/// A check box with a count at the right and, if set, a trust mark before its word (facets).
class Check : public QCheckBox {
    Q_OBJECT

public:
    explicit Check(const QString &text, QWidget *parent = nullptr);
    void setCount(qint64 count);
    void setVerdict(Verdict verdict);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool hitButton(const QPoint &pos) const override { return rect().contains(pos); }

private:
    std::optional<qint64> m_count;
    std::optional<Verdict> m_verdict;
};

/// Caption at the left (140 px), field at the right, hint or error under the field. The caption becomes the field's
/// accessible name and buddy.
class FormRow : public QWidget {
    Q_OBJECT

public:
    FormRow(const QString &caption, QWidget *field, QWidget *parent = nullptr);
    void setHint(const QString &hint);
    /// "" takes the error away. Marks an Input as bad.
    void setError(const QString &error);

private:
    QWidget *m_field;
    Paragraph *m_below;
    QString m_hint;
    QString m_error;
    void updateBelow();
};

} // namespace cairn::kit
