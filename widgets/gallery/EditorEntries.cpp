// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/CodeEditor.h"
#include "editors/DiffView.h"
#include "gallery/Entries.h"
#include "kit/Card.h"

#include <QTimer>
#include <QVBoxLayout>

namespace cairn::gallery {

using namespace Qt::StringLiterals;

namespace {

QString manifest()
{
    return uR"(# written by Cairn
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata:
  name: bert-xl-2
  namespace: nlp
  annotations:
    cairn.console/checkpoint: "pvc://ckpt-shared/bert-xl-2"
spec:
  runPolicy:
    cleanPodPolicy: Running
    backoffLimit: 6
    suspend: false
  pytorchReplicaSpecs:
    Worker:
      replicas: 8
      template:
        spec:
          containers:
          - name: pytorch
            image: ghcr.example/bert:2.1
            args:
            - --output_dir=/ckpt/bert-xl-2
            - --save_steps=500
            command: |
              #!/bin/sh
              exec python train.py
)"_s;
}

/// Knows what the mock-up shows.
class CannedProvider : public editors::CodeProvider {
public:
    void complete(const QString &, editors::CodePlace, std::function<void(QList<editors::CodeCompletion>)> answer) override
    {
        answer({{u"OnFailure"_s, u"the default here"_s, {}},
            {u"ExitCode"_s, u"by its exit code"_s,
                u"1–127 fails the job; 128 and above, as after a node failure, restarts the pod again."_s},
            {u"Always"_s, {}, {}}, {u"Never"_s, {}, {}}});
    }
    void hover(const QString &, editors::CodePlace, std::function<void(QString)> answer) override
    {
        answer(u"When a pod of this replica is started again."_s);
    }
};

QWidget *yaml()
{
    auto *card = new kit::Card(kit::Card::Padding::Flush);
    auto *view = new editors::CodeEditor(u"Manifest"_s);
    view->setText(manifest());
    view->setChangedLines({7, 22, 23});
    view->setSearch(u"ckpt"_s);
    card->body()->addWidget(view);
    return card;
}

editors::CodeEditor *writing()
{
    static CannedProvider provider;
    auto *editor = new editors::CodeEditor(u"bert-xl-2.yaml"_s);
    QString text = manifest();
    text.replace(u"backoffLimit"_s, u"backofLimit"_s);
    text.replace(u"      replicas: 8\n"_s, u"      replicas: 8\n      restartPolicy: \n"_s);
    editor->setText(text);
    editor->setReadOnly(false);
    editor->setProvider(&provider);
    editor->setChangedLines({4, 7, 16});
    editor->setProblems({{{11, 4}, 11, kit::Tone::Err, u"no such field: write backoffLimit"_s, u"CRD schema"_s, u"backoffLimit"_s}});
    editor->setLayers({{kit::Tone::Ok, u"31 Cairn rules"_s}, {kit::Tone::Err, u"schema"_s}, {kit::Tone::Idle, u"server dry run waits"_s}});
    editor->setCursor({16, 21});
    editor->setFirstVisibleLine(0);
    return editor;
}

QWidget *editing()
{
    auto *card = new kit::Card(kit::Card::Padding::Flush);
    card->body()->addWidget(writing());
    return card;
}

QWidget *completing()
{
    auto *card = new kit::Card(kit::Card::Padding::Flush);
    editors::CodeEditor *editor = writing();
    card->body()->addWidget(editor);
    // Once it has its place and size.
    QTimer::singleShot(0, editor, &editors::CodeEditor::complete);
    return card;
}

QWidget *folded()
{
    auto *card = new kit::Card(kit::Card::Padding::Flush);
    auto *view = new editors::CodeEditor(u"Manifest"_s);
    view->setText(manifest() + u"---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: \u202eceph\u2066\n"_s);
    view->setFolded(8, true);
    view->setFolded(5, true);
    card->body()->addWidget(view);
    return card;
}

QWidget *diff()
{
    auto *card = new kit::Card;
    auto *view = new editors::DiffView;
    QString after = manifest();
    after.replace(u"name: bert-xl-2"_s, u"name: bert-xl-2-r1"_s);
    after.replace(u"            - --save_steps=500\n"_s,
        u"            - --save_steps=500\n            - --resume_from_checkpoint=/ckpt/bert-xl-2/checkpoint-12000\n"_s);
    view->setTexts(manifest(), after);
    card->body()->addWidget(view);
    return card;
}

} // namespace

void registerEditorEntries(kit::GalleryRegistry &registry)
{
    registry.add({u"editor.yaml"_s, u"YAML"_s, yaml, {{480, 420}}});
    registry.add({u"editor.write"_s, u"YAML being written"_s, editing, {{480, 560}}});
    registry.add({u"editor.complete"_s, u"Completion"_s, completing, {{480, 560}}});
    registry.add({u"editor.folded"_s, u"Folded, and characters that deceive"_s, folded, {{480, 420}}});
    registry.add({u"editor.diff"_s, u"What changes"_s, diff, {{560, 330}}});
}

} // namespace cairn::gallery
