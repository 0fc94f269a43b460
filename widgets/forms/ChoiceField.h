// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "forms/Field.h"

#include <QComboBox>

namespace cairn::forms {

class ChoiceBox;

/// One thing that can be chosen.
struct Option {
    QString id;
    QString text;
    QString detail;  ///< dim, behind the text: "nlp · Running"
    QString refusal; ///< not empty: it stays in its place, off, and this says why
    bool operator==(const Option &) const = default;
};

/// One of several, in a box that opens; with more than eight it opens with a search field. Value: QString, the id; invalid
/// where none is chosen. An id that is not among the options is kept and chosen when it comes.
class ChoiceField : public Field {
    Q_OBJECT

public:
    explicit ChoiceField(const QString &name, QWidget *parent = nullptr);
    /// Keeps the choice. Texts are shown as they are: what a server named goes through text::safe first.
    void setOptions(const QList<Option> &options);
    const QList<Option> &options() const { return m_options; }
    QVariant value() const override;
    void setValue(const QVariant &value) override;
    bool isEmpty() const override;
    /// Shown dim while nothing is chosen: "Choose…".
    void setPlaceholder(const QString &text);
    /// As wide as the longest option needs (at most 420 px), or all there is.
    void setStretching(bool stretching);

protected:
    QString ownProblem() const override;

private:
    void fill();
    QList<Option> m_options;
    QString m_wanted;
    ChoiceBox *m_box;
};

/// The box of a ChoiceField: a QComboBox that paints details and opens with a search. Private to the folder.
class ChoiceBox : public QComboBox {
    Q_OBJECT

public:
    explicit ChoiceBox(QWidget *parent = nullptr);
    void setOptions(const QList<Option> &options);
    void showPopup() override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void chosen(int index);

protected:
    void paintEvent(QPaintEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void step(int by);
    QList<Option> m_options;
    QPointer<QWidget> m_popup;
};

} // namespace cairn::forms
