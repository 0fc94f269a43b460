// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "base/Secret.h"
#include "domain/Service.h"
#include "overlay/Proposal.h"

#include <QMap>
#include <QWidget>
#include <memory>

namespace cairn::kit {
class Button;
class Card;
} // namespace cairn::kit
namespace cairn::forms {
class ChoiceField;
}
namespace cairn::editors {
class CodeEditor;
}

namespace cairn::pages {

struct ServiceCard;

/// The step "External services" of the overlay wizard: a card for each store or broker that can stand outside of Kubeflow, with what is
/// tested of it, and one with the way to move its data. Services go by their key in the settings file ("pipelines", "katib",
/// "modelRegistry", "modelCatalog", "objectStore", "events"). Pure presentation; GUI thread only. A password that is typed stays in its
/// field: it is in no settings and no draft.
class OverlayServices : public QWidget
{
    Q_OBJECT
public:
    explicit OverlayServices(QWidget *parent = nullptr);
    ~OverlayServices() override;

    /// Fills the fields and forgets passwords of services that are not chosen; does not emit changed().
    void setSettings(const overlay::Settings &settings);
    /// What the fields say, into the services of `settings`.
    void take(overlay::Settings &settings) const;
    /// What is here. `pipelines` is the version of Pipelines; empty where it is unknown.
    void setKnown(const QList<overlay::Replaceable> &known, const QString &pipelines);
    /// How data is moved, by service: Markdown.
    void setMoveTexts(const QMap<QString, QString> &texts);

    /// Of services whose Secret is written on apply, where one was typed.
    QMap<QString, Secret> passwords() const;
    /// Every test of this service that was made of what stands there now can be used, and there is one.
    bool isTested(const QString &id) const;
    /// Somebody agreed that a test of this store writes an object.
    bool mayWrite(const QString &id) const;

    /// A test runs: what it does now, safe to show; "" where it ended. It can be cancelled meanwhile.
    void setTesting(const QString &id, const QString &what);
    /// Another report takes the place of one from the same place.
    void setReport(const QString &id, const services::Report &report, bool fromCluster);
    void setTestError(const QString &id, const Error &error);
    /// The Job that a test in the cluster would create (YAML): asks whether it may.
    void setConsent(const QString &id, const QString &job);

    /// For the list of steps.
    struct Summary {
        int chosen = 0;
        int failed = 0; ///< whose tests failed
        bool whole = true; ///< no field is missing or wrong
        QString answer;    ///< what failed, in a sentence; empty: nothing
    };
    Summary summary() const;

signals:
    void changed();
    void testWanted(const QString &id, bool fromCluster);
    void testAgreed(const QString &id); ///< to the Job of setConsent()
    void cancelWanted(const QString &id);
    void copyWanted(const QString &text);

private:
    ServiceCard &card(const QString &id) const;
    void makeDatabase(const QString &id, const QString &title, const QString &about);
    void makeObjects();
    void makeEvents();
    QWidget *makeMove();
    void finish(ServiceCard &card, const QString &about);
    void fieldsChanged(ServiceCard &card);
    void update(ServiceCard &card);
    void updateMove();

    std::vector<std::unique_ptr<ServiceCard>> m_cards;
    QMap<QString, QString> m_moves;
    QString m_pipelines;
    kit::Card *m_move = nullptr;
    forms::ChoiceField *m_moved = nullptr;
    editors::CodeEditor *m_moveText = nullptr;
};

} // namespace cairn::pages
