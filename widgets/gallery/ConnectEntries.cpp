// SPDX-License-Identifier: GPL-3.0-or-later
#include "gallery/PageEntries.h"
#include "kit/StateView.h"
#include "pages/ConnectPage.h"

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using items::ContextAction;
using items::ContextRow;
using items::ContextState;
using items::DoctorRemedy;
using items::DoctorStepView;
using items::DoctorView;
using pages::ConnectPage;

namespace {

ContextRow row(const QString &name, const QString &server, const QString &signIn, const QString &signInDetail,
               ContextState state, const QString &detail, ContextAction action)
{
    ContextRow row;
    row.id = row.name = name;
    row.server = server;
    row.signIn = signIn;
    row.signInDetail = signInDetail;
    row.state = state;
    row.detail = detail;
    row.action = action;
    return row;
}

QList<ContextRow> contexts()
{
    using S = ContextState;
    using A = ContextAction;
    QList<ContextRow> rows{
        row(u"prod-train-eu"_s, u"api.prod-train-eu.example:6443"_s, u"Single sign-on"_s, u"kubelogin"_s, S::Reachable,
            u"v1.34.2 · 41 ms"_s, A::Connect),
        row(u"prod-train-eu-audit"_s, u"api.prod-train-eu.example:6443"_s, u"Token"_s, u"service account"_s,
            S::ReachableReadOnly, u"v1.34.2 · 43 ms"_s, A::Connect),
        row(u"train-hpc-us"_s, u"9F2C.gr7.us-east-1.eks.example:443"_s, u"AWS"_s, u"aws eks get-token"_s, S::NeedsSignIn,
            u"session ended 3 h ago"_s, A::SignIn),
        row(u"staging"_s, u"10.20.0.11:6443"_s, u"Client certificate"_s, u"CN=mlops, O=team-nlp"_s,
            S::CertificateExpired, u"ended 11 Nov, 12 days ago"_s, A::HowToRenew),
        row(u"gke-vision"_s, u"34.90.17.202:443"_s, u"Google Cloud"_s, u"gke-gcloud-auth-plugin"_s, S::ExecPluginNotFound,
            u"not on the PATH of Cairn"_s, A::Fix),
        row(u"aks-nlp"_s, u"aks-nlp-7b1e.westeurope.example:443"_s, u"Azure"_s, u"kubelogin, device code"_s,
            S::ReachableLimited, u"12 of 17 rights · v1.33.5"_s, A::Connect),
        row(u"lab-k3s"_s, u"192.168.40.7:6443"_s, u"Token"_s, u"in the file"_s, S::NotReachable,
            u"no answer in 5 s; VPN off?"_s, A::TryAgain),
        row(u"minikube"_s, u"127.0.0.1:49155"_s, u"Client certificate"_s, u"CN=minikube-user"_s, S::Checking,
            u"2 s of at most 5 s"_s, A::None)};
    rows[0].current = true;
    rows[6].insecure = true;
    return rows;
}

DoctorStepView step(DoctorStepView::State state, const QString &title, const QString &result, const QString &detail)
{
    DoctorStepView step;
    step.state = state;
    step.title = title;
    step.result = result;
    step.detail = detail;
    return step;
}

DoctorView stoppedDoctor()
{
    using S = DoctorStepView::State;
    DoctorView view;
    view.contextId = view.contextName = u"gke-vision"_s;
    view.verdict = {u"Stopped at step 2 of 6"_s, items::Tone::Err};
    view.summary = u"Only step 2 stands between you and the cluster: the network and the server are fine."_s;
    view.report = u"gke-vision: exec plugin not found"_s;
    view.steps = {step(S::Done, u"Kubeconfig read"_s, u"3 ms"_s,
                       u"`~/.kube/config` · user `gke_vision-main` · namespace vision"_s),
                  step(S::Failed, u"Exec plugin found"_s, u"failed"_s,
                       u"`gke-gcloud-auth-plugin` is not in any of these folders: `/usr/local/bin:/usr/bin:/bin`"_s),
                  step(S::Waiting, u"Credential obtained"_s, u"waits for step 2"_s,
                       u"Will run once, at most 15 s; you may see a browser window"_s),
                  step(S::Done, u"TLS"_s, u"tried without a credential · 62 ms"_s,
                       u"Certificate matches the CA in the file · valid 61 more days"_s),
                  step(S::Done, u"API reachable"_s, u"tried without a credential · 88 ms"_s,
                       u"Answers 401: the server is up and wants a sign-in"_s),
                  step(S::Waiting, u"Permissions"_s, u"waits for step 3"_s,
                       u"17 rights to check: list jobs, read logs, create jobs, read PVCs …"_s)};
    view.steps[1].why = u"Cairn was started from the desktop and got a shorter PATH than your terminal. Your login shell "
                        "finds the program here:"_s;
    view.steps[1].whyCode = u"/opt/google-cloud-sdk/bin"_s;
    view.steps[1].remedies = {
        {DoctorRemedy::Act::AddFolder, u"path"_s, u"Add this folder for Cairn only"_s, {}, {}, true},
        {DoctorRemedy::Act::CopyCommand, u"install"_s, u"Or install it for all users"_s, {},
         u"gcloud components install gke-gcloud-auth-plugin"_s, false}};
    return view;
}

QList<items::KubeconfigFileView> files()
{
    return {{u"~/.kube/config"_s, 6, cannedNow().addSecs(-7200), std::nullopt},
            {u"~/.kube/research.yaml"_s, 2, {}, std::nullopt}};
}

ConnectPage *page()
{
    auto *page = new ConnectPage;
    page->setNow(cannedNow());
    page->setFiles(files(), u"KUBECONFIG"_s);
    page->setContexts(contexts());
    page->setAllowedPrograms({u"kubelogin"_s, u"aws"_s});
    page->setDoctor(stoppedDoctor());
    page->setCurrentContext(u"gke-vision"_s);
    return page;
}

} // namespace

void registerConnectEntries(kit::GalleryRegistry &registry)
{
    registry.add({u"page.connect"_s, u"Connect"_s, [] { return page(); }, pageSizes()});
    registry.add({u"page.connect.empty"_s, u"Connect, no kubeconfig"_s,
                  [] {
                      auto *page = new ConnectPage;
                      page->setNow(cannedNow());
                      page->setNoFiles({u"~/.kube/config"_s, u"$KUBECONFIG"_s});
                      return page;
                  },
                  {pageSizes().first()}});
    registry.add({u"page.connect.loading"_s, u"Connect, reading"_s,
                  [] {
                      auto *page = new ConnectPage;
                      page->setLoading();
                      page->findChild<kit::StateView *>(u"connect.state"_s)->showPending();
                      return page;
                  },
                  {pageSizes().first()}});
    registry.add({u"page.connect.error"_s, u"Connect, no file readable"_s,
                  [] {
                      auto *page = new ConnectPage;
                      page->setNow(cannedNow());
                      page->setFailed(Error::make(Error::Kind::Parse, u"~/.kube/config is not a kubeconfig"_s,
                                                  u"Line 14 is not YAML: a tab where spaces are needed."_s,
                                                  u"Replace the tab in line 14 with spaces, then refresh."_s));
                      return page;
                  },
                  {pageSizes().first()}});
    registry.add({u"page.connect.broken"_s, u"Connect, broken file and entry"_s,
                  [] {
                      ConnectPage *shown = page();
                      QList<items::KubeconfigFileView> some = files();
                      some.append({u"~/.kube/old.yaml"_s, 0, {},
                                   Error::make(Error::Kind::Io, u"~/.kube/old.yaml was not read."_s,
                                               u"It is 50 MB; a kubeconfig has at most 8 MB."_s,
                                               u"Take the file out of KUBECONFIG."_s)});
                      shown->setFiles(some, u"KUBECONFIG"_s);
                      ContextRow broken = row(u"legacy"_s, u"10.9.0.1:6443"_s, u"Unknown"_s, u"auth-provider gcp"_s,
                                              ContextState::Broken, {}, ContextAction::Fix);
                      broken.problem = Error::make(Error::Kind::Unsupported, u"The sign-in “gcp” is no longer supported."_s,
                                                   u"Kubernetes removed auth providers in version 1.26."_s,
                                                   u"Install gke-gcloud-auth-plugin and fetch the entry again."_s);
                      shown->updateContext(broken);
                      shown->setCurrentContext(u"legacy"_s);
                      return shown;
                  },
                  {pageSizes().first()}});
    registry.add({u"page.connect.consent"_s, u"Connect, a program asks to run"_s,
                  [] {
                      ConnectPage *shown = page();
                      DoctorView view = stoppedDoctor();
                      view.verdict = {u"Waits for you"_s, items::Tone::Warn};
                      view.summary = u"The program was found. Cairn runs it only after you allow it."_s;
                      DoctorStepView &asks = view.steps[1];
                      asks.state = DoctorStepView::State::Warning;
                      asks.title = u"Exec plugin allowed"_s;
                      asks.result = u"not yet"_s;
                      asks.detail = u"The context signs in with a program on this computer."_s;
                      asks.why = u"A kubeconfig can name any program. This one would run:"_s;
                      asks.whyCode = u"/usr/bin/gke-gcloud-auth-plugin"_s;
                      asks.remedies = {{DoctorRemedy::Act::AllowProgram, u"allow"_s, u"Look at it in full, then allow it"_s,
                                        {}, {}, true}};
                      shown->setDoctor(view);
                      return shown;
                  },
                  {pageSizes().first()}});
    registry.add({u"page.connect.many"_s, u"Connect, 10,000 contexts"_s,
                  [] {
                      auto *shown = new ConnectPage;
                      shown->setNow(cannedNow());
                      shown->setFiles(files(), {});
                      QList<ContextRow> rows;
                      for (int i = 0; i < 10'000; ++i)
                          rows.append(row(u"cluster-%1"_s.arg(i), u"10.0.%1.%2:6443"_s.arg(i / 250).arg(i % 250),
                                          u"Token"_s, u"in the file"_s, ContextState::Unchecked, {},
                                          ContextAction::Connect));
                      shown->setContexts(rows);
                      return shown;
                  },
                  {pageSizes().first()}});
}

} // namespace cairn::gallery
