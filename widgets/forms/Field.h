// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Theme.h"

#include <QLocale>
#include <QPointer>
#include <QVariant>
#include <QWidget>

/// Forms: fields that hold one value each, rows that give them a caption and a line below, and what wizards are made of.
namespace cairn::forms {

/// One value of a form. Every field gives and takes its value in the same way; what the QVariant holds is said by each.
///
/// A field that cannot be read, or is required and empty, is not valid. It says so below only once the user has left it (or
/// reveal() was called): nobody is told off while still typing. What setError() says shows at once and goes with the next
/// change, for it was about the value before. GUI thread.
class Field : public QWidget {
    Q_OBJECT

public:
    /// `name` is the accessible name of the control.
    explicit Field(const QString &name, QWidget *parent = nullptr);

    QString name() const { return m_name; }
    /// Invalid where the field is empty or cannot be read.
    virtual QVariant value() const = 0;
    /// What the program puts in; does not emit changed(). An invalid QVariant empties the field.
    virtual void setValue(const QVariant &value) = 0;
    virtual bool isEmpty() const = 0;
    bool isValid() const { return problem().isEmpty() && m_outside.isEmpty(); }

    /// A sentence below, dim, while there is no error.
    void setHint(const QString &hint);
    QString hint() const { return m_hint; }
    /// What somebody else found (the server, another field); "" takes it away.
    void setError(const QString &error);
    /// Shown below in place of the hint; "" while there is nothing to say.
    QString error() const;
    /// `why` is said while the field is empty: "Give the job a name."
    void setRequired(const QString &why);
    /// The field stays in place, off, and its line says why; "" turns it on again.
    void setRefusal(const QString &why);
    QString refusal() const { return m_refusal; }
    /// Says what is wrong although nobody has been here yet (Next was pressed).
    void reveal();
    /// The line below: refusal, error or hint, as a row shows it.
    QString message() const;

signals:
    /// By the user: on every key, not only at the end.
    void changed();
    /// message(), error() or validity may be another.
    void messageChanged();

protected:
    /// The control that takes the focus. It gets name and error frame; call once, in the constructor.
    void setControl(QWidget *control);
    QWidget *control() const { return m_control; }
    /// What is wrong with what is in the field; "" for nothing. Asked after every change.
    virtual QString ownProblem() const { return {}; }
    /// For fields that frame several controls.
    virtual void showBad(bool bad);
    /// To be called when the user has changed the value.
    void userChanged();
    /// To be called when the program has.
    void updateMessage();
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QString problem() const;
    QString m_name;
    QString m_hint;
    QString m_outside; ///< what setError() said
    QString m_required;
    QString m_refusal;
    QPointer<QWidget> m_control;
    bool m_left = false; ///< the user was here and went on
};

} // namespace cairn::forms
