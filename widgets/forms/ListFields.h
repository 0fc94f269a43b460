// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "forms/Field.h"

#include <QRegularExpression>

class QHBoxLayout;
class QVBoxLayout;

namespace cairn::kit {
class Button;
class Check;
class Input;
} // namespace cairn::kit

namespace cairn::forms {

/// Rows that are added at the end and taken away singly. What a row holds is for the subclasses to say.
class RowsField : public Field {
    Q_OBJECT

public:
    /// `add` names the act: "Add a variable".
    RowsField(const QString &name, const QString &add, QWidget *parent = nullptr);
    bool isEmpty() const override;
    /// Behind "Add …", for another way to add: "Add from a Secret…". Not owned otherwise.
    void addOffer(kit::Button *button);

protected:
    struct Row {
        QWidget *widget = nullptr;
        kit::Input *first = nullptr;  ///< key or entry
        kit::Input *second = nullptr; ///< value; nullptr in a list
        QString origin;               ///< not empty: the value comes from there and cannot be typed
    };
    virtual Row makeRow() = 0;
    Row &append();
    void removeRow(QWidget *widget);
    void clearRows();
    /// Puts `columns` and the button that every row has into it.
    void finishRow(const Row &row, const QList<QWidget *> &columns);
    /// Alt ↑ and Alt ↓ move a row.
    void setMovable(bool movable) { m_movable = movable; }
    bool eventFilter(QObject *watched, QEvent *event) override;
    const QList<Row> &rows() const { return m_rows; }
    void showBad(bool bad) override;

private:
    void move(qsizetype from, int by);
    void updateOrder();
    QList<Row> m_rows;
    QVBoxLayout *m_column;
    QHBoxLayout *m_foot;
    kit::Button *m_add;
    bool m_movable = false;
};

/// A name and what it stands for: a label, an environment variable.
struct KeyValue {
    QString key;
    QString value;
    QString origin; ///< "Secret hf-token, key token": shown in place of a value, which then is not typed here
    bool operator==(const KeyValue &) const = default;
};
using KeyValues = QList<KeyValue>;

/// Names with values, in an order. Value: KeyValues, without rows that are empty. A name may stand there once.
class KeyValueField : public RowsField {
    Q_OBJECT

public:
    KeyValueField(const QString &name, const QString &add, QWidget *parent = nullptr);
    QVariant value() const override;
    void setValue(const QVariant &value) override;
    /// Every name has to match; `why` says what is allowed.
    void setKeyPattern(const QRegularExpression &pattern, const QString &why);

protected:
    Row makeRow() override;
    QString ownProblem() const override;

private:
    QRegularExpression m_pattern;
    QString m_why;
};

/// Entries in an order. Value: QStringList, without empty ones.
class ListField : public RowsField {
    Q_OBJECT

public:
    ListField(const QString &name, const QString &add, QWidget *parent = nullptr);
    QVariant value() const override;
    void setValue(const QVariant &value) override;
    void setPattern(const QRegularExpression &pattern, const QString &why);
    /// The same entry twice is an error, said with `why`.
    void setUnique(const QString &why);

protected:
    Row makeRow() override;
    QString ownProblem() const override;

private:
    QRegularExpression m_pattern;
    QString m_why;
    QString m_twice;
};

/// Several that can be on or off. Value: QStringList of the ids that are on, in the order shown; invalid where none is.
class CheckGroupField : public Field {
    Q_OBJECT

public:
    struct Item {
        QString id;
        QString text;
        QString detail;  ///< dim line below; may be empty
        QString refusal; ///< not empty: off, and this is the line below
        bool operator==(const Item &) const = default;
    };
    explicit CheckGroupField(const QString &name, QWidget *parent = nullptr);
    void setItems(const QList<Item> &items);
    QVariant value() const override;
    void setValue(const QVariant &value) override;
    bool isEmpty() const override;

private:
    QList<Item> m_items;
    QList<kit::Check *> m_checks;
};

} // namespace cairn::forms

Q_DECLARE_METATYPE(cairn::forms::KeyValue)
