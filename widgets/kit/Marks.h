// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"
#include "items/Roles.h"
#include "kit/Theme.h"

#include <QWidget>
#include <optional>

class QHBoxLayout;

namespace cairn::kit {

namespace paint {
enum class Glyph;
/// ✓, !, ✕, ▸ or · for a tone.
Glyph signOf(Tone tone);
} // namespace paint

/// A drawn sign in a colour, as high as a line of body text. Decoration: what it means stands beside it in words.
class Sign : public QWidget {
    Q_OBJECT

public:
    Sign(paint::Glyph glyph, Token token, QWidget *parent = nullptr);
    explicit Sign(Tone tone, QWidget *parent = nullptr);
    void set(paint::Glyph glyph, Token token);
    void set(Tone tone);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    paint::Glyph m_glyph;
    Token m_token;
};

/// One state word on its tint. Accessible name: the word.
class Tag : public QWidget {
    Q_OBJECT

public:
    explicit Tag(const QString &text, Tone tone = Tone::Idle, QWidget *parent = nullptr);
    explicit Tag(const items::TagValue &value, QWidget *parent = nullptr);
    void set(const QString &text, Tone tone);
    void set(const items::TagValue &value) { set(value.text, value.tone); }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_text;
    Tone m_tone;
};

/// Short findings in one flow, each behind its sign: "✓ 31 Cairn rules  ✕ schema  · server dry run waits". Wraps where there is
/// no room. Accessible name: the words.
class SignLine : public QWidget {
    Q_OBJECT

public:
    explicit SignLine(QWidget *parent = nullptr);
    void set(const QList<std::pair<Tone, QString>> &findings);
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    /// Where each finding stands in `width`.
    QList<QRect> places(int width) const;
    QList<std::pair<Tone, QString>> m_findings;
};

/// The trust mark with its word beside it ("◆ whole"); the word may be another text ("12 000", "9 min ago"), the
/// accessible name then adds the verdict.
class TrustMark : public QWidget {
    Q_OBJECT

public:
    explicit TrustMark(Verdict verdict, const QString &text, QWidget *parent = nullptr);
    void set(Verdict verdict, const QString &text);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void updateName();
    Verdict m_verdict;
    QString m_text;
};

/// "● ● ○ 2/3": always with the numbers.
class ReplicaDots : public QWidget {
    Q_OBJECT

public:
    explicit ReplicaDots(int ready, int desired, QWidget *parent = nullptr);
    void set(int ready, int desired);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    int m_ready;
    int m_desired;
};

/// A bar with its percentage. Tone follows the design: warn from 85 %, err from 97 %, unless set. A negative fraction
/// is "unknown": a dash instead of a bar.
class UsageBar : public QWidget {
    Q_OBJECT

public:
    explicit UsageBar(double fraction, QWidget *parent = nullptr);
    void set(double fraction, std::optional<Tone> tone = {});
    void setShowPercent(bool show);
    /// Said before the value by a screen reader ("Progress", "Used").
    void setName(const QString &name);
    QSize sizeHint() const override;

    static Tone toneOf(double fraction);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void updateName();
    double m_fraction;
    std::optional<Tone> m_tone;
    bool m_percent = true;
    QString m_name;
};

/// Number, unit and one or two tags under a caption.
class Tile : public QWidget {
    Q_OBJECT

public:
    explicit Tile(const QString &caption, QWidget *parent = nullptr);
    void setValue(const QString &number, const QString &unit);
    void setTags(const QList<items::TagValue> &tags);
    /// A dim sentence under the number, in place of tags; "" takes it away.
    void setDetail(const QString &text);
    /// Dims the number and adds the age as a warn tag ("26 min old"); an empty text takes it away.
    void setStale(const QString &age);

private:
    class ElidedLabel *m_caption;
    class Label *m_number;
    ElidedLabel *m_unit;
    Tag *m_age;
    ElidedLabel *m_detail;
    QHBoxLayout *m_tags;
};

} // namespace cairn::kit
