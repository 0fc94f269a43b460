// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "forms/Field.h"

#include <optional>

namespace cairn::kit {
class Input;
}

namespace cairn::forms {

class StepButton;

/// A number with its unit behind it. Value: double. Typed as the locale writes numbers; ↑ ↓ step, Page ↑ ↓ ten times as far.
class NumberField : public Field {
    Q_OBJECT

public:
    /// Stepper: small counts, with − and + at its sides. Plain: anything else, right-aligned.
    enum class Look { Plain, Stepper };

    /// `unit` stands behind the field ("CPU", "steps"); "" for none.
    NumberField(const QString &name, const QString &unit, Look look = Look::Plain, QWidget *parent = nullptr);
    QVariant value() const override;
    void setValue(const QVariant &value) override;
    bool isEmpty() const override;
    std::optional<double> number() const;

    void setRange(double least, double most);
    /// 0 by default: whole numbers.
    void setDecimals(int decimals);
    void setStep(double step);

protected:
    QString ownProblem() const override;
    void showBad(bool bad) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void step(double by);
    void updateButtons();
    QString written(double value) const;
    Look m_look;
    kit::Input *m_input;
    StepButton *m_less = nullptr;
    StepButton *m_more = nullptr;
    double m_least = 0;
    double m_most = 1e15;
    double m_step = 1;
    int m_decimals = 0;
    bool m_bad = false;
};

} // namespace cairn::forms
