// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/DiffView.h"
#include "editors/YamlView.h"
#include "gallery/Entries.h"
#include "kit/Card.h"

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

QWidget *yaml()
{
    auto *card = new kit::Card(kit::Card::Padding::Flush);
    auto *view = new editors::YamlView(u"Manifest"_s);
    view->setYaml(manifest());
    view->setMarkedLines({7, 22, 23});
    view->setSearch(u"ckpt"_s);
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
    registry.add({u"editor.diff"_s, u"What changes"_s, diff, {{560, 330}}});
}

} // namespace cairn::gallery
