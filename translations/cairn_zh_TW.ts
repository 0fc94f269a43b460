<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_TW">
<context>
    <name>LogBuffer</name>
    <message numerus="yes">
        <source> … [%n more character(s)]</source>
        <translation>
            <numerusform> … [還有 %n 個字元]</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StoragePage</name>
    <message>
        <source>Volume lost</source>
        <translation>磁碟區遺失</translation>
    </message>
    <message>
        <source>Not bound</source>
        <translation>未繫結</translation>
    </message>
    <message>
        <source>Volume failed</source>
        <translation>磁碟區失敗</translation>
    </message>
    <message>
        <source>Being deleted</source>
        <translation>刪除中</translation>
    </message>
    <message>
        <source>Nearly full</source>
        <translation>即將用滿</translation>
    </message>
    <message>
        <source>Full soon</source>
        <translation>很快用滿</translation>
    </message>
    <message>
        <source>Filling up</source>
        <translation>逐漸用滿</translation>
    </message>
    <message>
        <source>Bound</source>
        <translation>已繫結</translation>
    </message>
</context>
<context>
    <name>TrustMark</name>
    <message>
        <source>whole</source>
        <translation>完整</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>寫入中</translation>
    </message>
    <message>
        <source>damaged</source>
        <translation>損壞</translation>
    </message>
    <message>
        <source>unverified</source>
        <translation>未驗證</translation>
    </message>
</context>
<context>
    <name>UsageBar</name>
    <message>
        <source>%1&#x202f;%</source>
        <extracomment>A share, with the space typographers want before the sign. Translate the order and the space if need be.</extracomment>
        <translation>%1%</translation>
    </message>
</context>
<context>
    <name>Vocabulary</name>
    <message>
        <source>Not checked</source>
        <translation>未檢查</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>檢查中…</translation>
    </message>
    <message>
        <source>Reachable</source>
        <translation>可連線</translation>
    </message>
    <message>
        <source>Reachable, read-only</source>
        <translation>可連線，唯讀</translation>
    </message>
    <message>
        <source>Reachable, limited</source>
        <translation>可連線，權限受限</translation>
    </message>
    <message>
        <source>Needs sign-in</source>
        <translation>需要登入</translation>
    </message>
    <message>
        <source>Certificate expired</source>
        <translation>憑證已過期</translation>
    </message>
    <message>
        <source>Exec plugin not found</source>
        <translation>找不到 exec 外掛程式</translation>
    </message>
    <message>
        <source>Not reachable</source>
        <translation>無法連線</translation>
    </message>
    <message>
        <source>Entry is broken</source>
        <translation>項目損壞</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>連線</translation>
    </message>
    <message>
        <source>Sign in…</source>
        <translation>登入…</translation>
    </message>
    <message>
        <source>Allow…</source>
        <translation>允許…</translation>
    </message>
    <message>
        <source>Fix…</source>
        <translation>修正…</translation>
    </message>
    <message>
        <source>How to renew</source>
        <translation>如何更新</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試一次</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>執行中</translation>
    </message>
    <message>
        <source>Restarting</source>
        <translation>重啟中</translation>
    </message>
    <message>
        <source>Pending</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>排隊中</translation>
    </message>
    <message>
        <source>Suspended</source>
        <translation>已暫停</translation>
    </message>
    <message>
        <source>Succeeded</source>
        <translation>成功</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失敗</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>不明</translation>
    </message>
    <message>
        <source>Whole</source>
        <translation>完整</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>寫入中</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>損壞</translation>
    </message>
    <message>
        <source>Unverified</source>
        <translation>未驗證</translation>
    </message>
    <message>
        <source>Node lost</source>
        <translation>節點失聯</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>Checking…</source>
        <translation>檢查中…</translation>
    </message>
    <message>
        <source>Cairn sign-in report for %1 (%2)</source>
        <translation>Cairn 對 %1（%2）的登入報告</translation>
    </message>
    <message>
        <source>Add this folder for Cairn only</source>
        <translation>只為 Cairn 加入此資料夾</translation>
    </message>
    <message numerus="yes">
        <source>%n objects lie deeper than %1 levels and were left out.</source>
        <translation>
            <numerusform>%n 個物件深於 %1 層，已略過。</numerusform>
        </translation>
    </message>
    <message>
        <source>The listing stopped after %1 objects; name a prefix further down.</source>
        <translation>列出 %1 個物件後停止；請指定更下層的前綴。</translation>
    </message>
    <message>
        <source>The listing did not end after %1 objects and was cut; name a prefix further down.</source>
        <translation>列出 %1 個物件後仍未結束，已截斷；請指定更下層的前綴。</translation>
    </message>
    <message>
        <source>The listing was cut: the sizes that the store states cannot be true.</source>
        <translation>列表已截斷：儲存服務宣稱的大小不可能屬實。</translation>
    </message>
    <message>
        <source>More than %1 objects look like parts of checkpoints; the rest was left out.</source>
        <translation>看起來屬於檢查點的物件超過 %1 個；其餘略過。</translation>
    </message>
    <message>
        <source>The listing was cancelled.</source>
        <translation>已取消列出。</translation>
    </message>
    <message numerus="yes">
        <source>%n objects are archived and could not be read.</source>
        <translation>
            <numerusform>%n 個物件已封存，無法讀取。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n objects have names that are not paths and were left out.</source>
        <translation>
            <numerusform>有 %n 個物件的名稱不是路徑，已略過。</numerusform>
        </translation>
    </message>
    <message>
        <source>Suspended.</source>
        <translation>已暫停。</translation>
    </message>
    <message>
        <source>Unsuspended.</source>
        <translation>已解除暫停。</translation>
    </message>
    <message>
        <source>Pod %1 on node %2 is still there although its grace period is over.</source>
        <translation>節點 %2 上的 Pod %1 已超過寬限期，卻仍然存在。</translation>
    </message>
    <message>
        <source>The job&apos;s pods did not end within %1.</source>
        <translation>工作的 Pod 未在 %1 內結束。</translation>
    </message>
    <message>
        <source>Their node may be lost, or a finalizer is holding them.</source>
        <translation>其節點可能已失聯，或被 finalizer 擋住。</translation>
    </message>
    <message>
        <source>Bring the node back or force-delete the pods, then try again, or roll back.</source>
        <translation>請恢復節點或強制刪除 Pod 後再試一次，或復原變更。</translation>
    </message>
</context>
<context>
    <name>cairn::ApiStatus</name>
    <message>
        <source>%1 “%2” in namespace “%3”</source>
        <translation>%1「%2」（命名空間「%3」）</translation>
    </message>
    <message>
        <source>%1 “%2”</source>
        <translation>%1「%2」</translation>
    </message>
    <message>
        <source>%1 in namespace “%2”</source>
        <translation>%1（命名空間「%2」）</translation>
    </message>
    <message>
        <source>%1 in the whole cluster</source>
        <translation>%1（整個叢集）</translation>
    </message>
    <message>
        <source>The cluster does not accept these credentials</source>
        <translation>叢集不接受這組認證資料</translation>
    </message>
    <message>
        <source>Sign in to the cluster again, or check the user entry in the kubeconfig.</source>
        <translation>請重新登入叢集，或檢查 kubeconfig 中的使用者項目。</translation>
    </message>
    <message>
        <source>Not allowed to %1 %2</source>
        <translation>沒有 %1 的權限：%2</translation>
    </message>
    <message>
        <source>The server does not have %1</source>
        <translation>伺服器上沒有 %1</translation>
    </message>
    <message>
        <source>There is no %1</source>
        <translation>找不到 %1</translation>
    </message>
    <message>
        <source>Check that the resource type is installed on this cluster.</source>
        <translation>請檢查此叢集是否已安裝該資源類型。</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>請另選名稱。</translation>
    </message>
    <message>
        <source>The server refused to %1 %2</source>
        <translation>伺服器拒絕執行 %1：%2</translation>
    </message>
    <message>
        <source>The server cannot %1 %2</source>
        <translation>伺服器無法執行 %1：%2</translation>
    </message>
    <message>
        <source>The server did not answer in time</source>
        <translation>伺服器未及時回應</translation>
    </message>
    <message>
        <source>The server failed to %1 %2</source>
        <translation>伺服器執行 %1 失敗：%2</translation>
    </message>
    <message>
        <source>Ask whoever manages the cluster for permission to %1 %2.</source>
        <translation>請叢集管理者授予對 %2 執行 %1 的權限。</translation>
    </message>
    <message>
        <source>Ask whoever manages the cluster to give user “%1” permission to %2 %3.</source>
        <translation>請叢集管理者授予使用者「%1」對 %3 執行 %2 的權限。</translation>
    </message>
    <message>
        <source>Refresh the list: it may have been deleted in the meantime.</source>
        <translation>請重新整理清單：它可能已在其間被刪除。</translation>
    </message>
    <message>
        <source>Fields of %1 are managed by %2</source>
        <translation>%1 的欄位由 %2 管理</translation>
    </message>
    <message>
        <source>Leave these fields as they are, or take them over: their manager may then revert them.</source>
        <translation>請保留這些欄位，或接管它們：其管理者之後可能會改回。</translation>
    </message>
    <message>
        <source>The name is already taken: %1</source>
        <translation>名稱已被使用：%1</translation>
    </message>
    <message>
        <source>Someone else changed %1 in the meantime</source>
        <translation>其間有人變更了 %1</translation>
    </message>
    <message>
        <source>Look at the current state and try again.</source>
        <translation>請查看目前的狀態再試一次。</translation>
    </message>
    <message>
        <source>The server no longer keeps the requested version of %1</source>
        <translation>伺服器已不再保留所要求的 %1 版本</translation>
    </message>
    <message>
        <source>Refresh the list.</source>
        <translation>請重新整理清單。</translation>
    </message>
    <message>
        <source>Fix the fields the server names.</source>
        <translation>請修正伺服器指出的欄位。</translation>
    </message>
    <message>
        <source>The server is busy; try again later</source>
        <translation>伺服器忙碌，請稍後再試</translation>
    </message>
    <message>
        <source>Wait a moment; it is retried automatically where that is safe.</source>
        <translation>請稍候；在安全的情況下會自動重試。</translation>
    </message>
    <message>
        <source>Try again; if it continues, the cluster&apos;s control plane is overloaded.</source>
        <translation>請再試一次；若持續發生，表示叢集的控制平面負載過重。</translation>
    </message>
    <message>
        <source>Try again; if it continues, look at the cluster&apos;s control plane.</source>
        <translation>請再試一次；若持續發生，請檢查叢集的控制平面。</translation>
    </message>
</context>
<context>
    <name>cairn::Error</name>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
</context>
<context>
    <name>cairn::FrameDecoder</name>
    <message>
        <source>The event stream is damaged</source>
        <translation>事件串流損壞</translation>
    </message>
    <message>
        <source>An event claims to be %1 bytes long.</source>
        <translation>有一個事件宣稱長度為 %1 位元組。</translation>
    </message>
    <message>
        <source>It holds something that is not a JSON object.</source>
        <translation>其內容不是 JSON 物件。</translation>
    </message>
    <message>
        <source>An event is longer than %1 bytes.</source>
        <translation>有一個事件超過 %1 位元組。</translation>
    </message>
</context>
<context>
    <name>cairn::LinkState</name>
    <message>
        <source>This computer was asleep</source>
        <translation>這台電腦先前處於睡眠狀態</translation>
    </message>
    <message>
        <source>Reconnecting to the server.</source>
        <translation>正在重新連線至伺服器。</translation>
    </message>
    <message>
        <source>The server is not answering</source>
        <translation>伺服器沒有回應</translation>
    </message>
    <message>
        <source>Neither the watches nor a probe got an answer.</source>
        <translation>監看與探測都沒有得到回應。</translation>
    </message>
</context>
<context>
    <name>cairn::ListSplitter</name>
    <message>
        <source>The list is damaged</source>
        <translation>清單損壞</translation>
    </message>
</context>
<context>
    <name>cairn::ObjectDecoder</name>
    <message>
        <source>The server&apos;s answer could not be read</source>
        <translation>無法讀取伺服器的回應</translation>
    </message>
    <message>
        <source>Check that the address in the kubeconfig is a Kubernetes API server.</source>
        <translation>請檢查 kubeconfig 中的位址是否為 Kubernetes API 伺服器。</translation>
    </message>
    <message>
        <source>It holds “%1” instead of “%2”.</source>
        <translation>其內容是「%1」而非「%2」。</translation>
    </message>
</context>
<context>
    <name>cairn::RestMapper</name>
    <message>
        <source>This cluster does not serve %1 of %2</source>
        <translation>此叢集不提供 %2 的 %1</translation>
    </message>
    <message>
        <source>No API group of it has a kind of this name.</source>
        <translation>其 API 群組中都沒有此名稱的類型。</translation>
    </message>
    <message>
        <source>It serves the kind as %1.</source>
        <translation>它以 %1 提供此類型。</translation>
    </message>
    <message>
        <source>Check the spelling of apiVersion and kind, or install what provides it.</source>
        <translation>請檢查 apiVersion 與 kind 的拼寫，或安裝提供它的元件。</translation>
    </message>
    <message>
        <source>Write the object for one of these versions.</source>
        <translation>請以其中一個版本撰寫物件。</translation>
    </message>
    <message>
        <source>This cluster has no resource “%1”</source>
        <translation>此叢集沒有資源「%1」</translation>
    </message>
    <message>
        <source>What these API groups serve is not known: %1.</source>
        <translation>不知道以下 API 群組提供什麼：%1。</translation>
    </message>
    <message>
        <source>Check the spelling, or install what provides it.</source>
        <translation>請檢查拼寫，或安裝提供它的元件。</translation>
    </message>
</context>
<context>
    <name>cairn::VolumeStatistics</name>
    <message>
        <source>The kubelet&apos;s statistics could not be read</source>
        <translation>無法讀取 kubelet 的統計資料</translation>
    </message>
    <message>
        <source>The answer of Prometheus could not be read</source>
        <translation>無法讀取 Prometheus 的回應</translation>
    </message>
    <message>
        <source>Prometheus refused the query</source>
        <translation>Prometheus 拒絕了查詢</translation>
    </message>
    <message>
        <source>The answer is not a node summary.</source>
        <translation>回應不是節點摘要。</translation>
    </message>
    <message>
        <source>It is not an answer to an instant query.</source>
        <translation>它不是即時查詢的回應。</translation>
    </message>
</context>
<context>
    <name>cairn::app</name>
    <message>
        <source>This cluster has no training jobs</source>
        <translation>此叢集沒有訓練工作</translation>
    </message>
    <message>
        <source>%1 is not a kind of training job</source>
        <translation>%1 不是訓練工作的類型</translation>
    </message>
    <message>
        <source>There is no kind of training job &quot;%1&quot; here</source>
        <translation>這裡沒有名為「%1」的訓練工作類型</translation>
    </message>
    <message>
        <source>Several jobs in %1 have the name %2</source>
        <translation>%1 中有多個工作名為 %2</translation>
    </message>
    <message>
        <source>They are of the kinds %1</source>
        <translation>它們的類型為 %1</translation>
    </message>
    <message>
        <source>Name the kind too: %1/%2</source>
        <translation>請一併指定類型：%1/%2</translation>
    </message>
    <message>
        <source>There is no training job %1 in namespace %2</source>
        <translation>命名空間 %2 中沒有訓練工作 %1</translation>
    </message>
    <message>
        <source>List them with: cairnctl jobs -n %1</source>
        <translation>以此列出：cairnctl jobs -n %1</translation>
    </message>
    <message>
        <source>The checkpoints of %1 cannot be listed</source>
        <translation>無法列出 %1 的檢查點</translation>
    </message>
    <message>
        <source>Listing by exec needs one</source>
        <translation>以 exec 列出需要這樣的 Pod</translation>
    </message>
    <message>
        <source>Allow the helper Job instead</source>
        <translation>請改為允許輔助 Job</translation>
    </message>
    <message>
        <source>The checkpoint %1 is gone</source>
        <translation>檢查點 %1 已不存在</translation>
    </message>
    <message>
        <source>It was deleted after the list was read, perhaps by the training itself, which keeps only the last ones</source>
        <translation>它在讀取清單之後被刪除，可能是訓練本身所為（只保留最近幾個）</translation>
    </message>
    <message>
        <source>There is no checkpoint to resume from below %1</source>
        <translation>%1 之下沒有可供接續的檢查點</translation>
    </message>
    <message>
        <source>None was found</source>
        <translation>一個也沒有找到</translation>
    </message>
    <message>
        <source>None of the %1 found is whole and holds what a resume needs</source>
        <translation>找到的 %1 個之中，沒有完整且具備接續所需內容的檢查點</translation>
    </message>
    <message>
        <source>See: cairnctl checkpoints JOB</source>
        <translation>請參閱：cairnctl checkpoints JOB</translation>
    </message>
    <message>
        <source>There is no checkpoint &quot;%1&quot; below %2</source>
        <translation>%2 之下沒有檢查點「%1」</translation>
    </message>
    <message>
        <source>None</source>
        <translation>無</translation>
    </message>
    <message>
        <source>Client certificate</source>
        <translation>用戶端憑證</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>權杖</translation>
    </message>
    <message>
        <source>Name and password</source>
        <translation>名稱與密碼</translation>
    </message>
    <message>
        <source>Sign-in program</source>
        <translation>登入程式</translation>
    </message>
    <message>
        <source>Auth provider</source>
        <translation>認證提供者</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失敗</translation>
    </message>
    <message>
        <source>waits for step %1</source>
        <translation>等待步驟 %1</translation>
    </message>
    <message>
        <source>tried without a credential · %1</source>
        <translation>未帶認證資料嘗試 · %1</translation>
    </message>
    <message>
        <source> (line %1)</source>
        <translation> (第 %1 行)</translation>
    </message>
    <message>
        <source>Install one of them, or choose another context</source>
        <translation>請安裝其中之一，或選擇其他 context</translation>
    </message>
    <message>
        <source>Nothing was changed</source>
        <translation>沒有任何變更</translation>
    </message>
    <message>
        <source>Start the training by hand from there</source>
        <translation>請從那裡手動開始訓練</translation>
    </message>
    <message>
        <source>Its series kubelet_volume_stats_used_bytes have no labels namespace and persistentvolumeclaim.</source>
        <translation>它的 kubelet_volume_stats_used_bytes 序列沒有 namespace 與 persistentvolumeclaim 標籤。</translation>
    </message>
    <message>
        <source>Keep these labels when the kubelets are scraped.</source>
        <translation>擷取 kubelet 時請保留這些標籤。</translation>
    </message>
    <message>
        <source>It has no series kubelet_volume_stats_used_bytes.</source>
        <translation>它沒有 kubelet_volume_stats_used_bytes 序列。</translation>
    </message>
    <message>
        <source>Let it scrape the kubelets&apos; /metrics.</source>
        <translation>請讓它擷取各 kubelet 的 /metrics。</translation>
    </message>
    <message>
        <source>The job %1 is gone.</source>
        <translation>工作 %1 已不存在。</translation>
    </message>
    <message>
        <source>The file could not be written</source>
        <translation>無法寫入檔案</translation>
    </message>
    <message>
        <source>%1 is a symbolic link.</source>
        <translation>%1 是符號連結。</translation>
    </message>
    <message>
        <source>Choose another name</source>
        <translation>請選擇其他名稱</translation>
    </message>
    <message>
        <source>Choose another folder</source>
        <translation>請選擇其他資料夾</translation>
    </message>
    <message>
        <source>It serves none of the kinds of the Kubeflow training operator (API group kubeflow.org/v1), of the MPI operator (kubeflow.org/v2beta1) or of Trainer (trainer.kubeflow.org/v1alpha1)</source>
        <translation>它不提供 Kubeflow training operator（API 群組 kubeflow.org/v1）、MPI operator（kubeflow.org/v2beta1）或 Trainer（trainer.kubeflow.org/v1alpha1）的任何類型</translation>
    </message>
    <message>
        <source>one without a name</source>
        <translation>沒有名稱的物件</translation>
    </message>
    <message numerus="yes">
        <source>%n of %1 could not be parsed</source>
        <translation>
            <numerusform>%1 中有 %n 個無法剖析</numerusform>
        </translation>
    </message>
    <message>
        <source>The first is %1: %2</source>
        <comment>an object, an error</comment>
        <translation>第一個是 %1：%2</translation>
    </message>
    <message>
        <source>Enter where it saves: the folder inside its container</source>
        <translation>請指定儲存位置：容器內的資料夾</translation>
    </message>
    <message>
        <source>No running pod of %1 mounts the PVC %2</source>
        <translation>%1 沒有執行中的 Pod 掛載 PVC %2</translation>
    </message>
    <message>
        <source>Refresh the list and choose another</source>
        <translation>請重新整理清單並另選一個</translation>
    </message>
    <message>
        <source>The metrics of Prometheus %1 cannot be used</source>
        <translation>無法使用 Prometheus %1 的指標</translation>
    </message>
    <message>
        <source>Prometheus %1 knows no PVC</source>
        <translation>Prometheus %1 沒有任何 PVC 的資料</translation>
    </message>
</context>
<context>
    <name>cairn::app::BucketFlows</name>
    <message>
        <source>The bucket of %1 cannot be listed</source>
        <translation>無法列出 %1 的 bucket</translation>
    </message>
    <message>
        <source>AWS (amazonaws.com)</source>
        <translation>AWS（amazonaws.com）</translation>
    </message>
    <message>
        <source>Its Secret names another endpoint, %1, than the one that was agreed to</source>
        <translation>它的 Secret 指向另一個端點 %1，並非先前同意的那一個</translation>
    </message>
    <message>
        <source>The bucket was not read</source>
        <translation>未讀取儲存桶</translation>
    </message>
    <message>
        <source>Name the server the bucket is on</source>
        <translation>請指定儲存桶所在的伺服器</translation>
    </message>
    <message>
        <source>%1: data key %2 of Secret %3</source>
        <translation>%1：Secret %3 的資料鍵 %2</translation>
    </message>
    <message>
        <source>every variable of Secret %1</source>
        <translation>Secret %1 的所有變數</translation>
    </message>
    <message>
        <source>Enter where it saves: the folder inside its container</source>
        <translation>請指定儲存位置：容器內的資料夾</translation>
    </message>
    <message>
        <source>%1 comes from a Secret or ConfigMap, so where the credentials would go cannot be shown first</source>
        <translation>%1 來自 Secret 或 ConfigMap，因此無法先顯示認證資料會送往何處</translation>
    </message>
    <message>
        <source>“%1” is not a server address</source>
        <translation>「%1」不是伺服器位址</translation>
    </message>
    <message>
        <source>Write it as https://HOST:PORT</source>
        <translation>請寫成 https://HOST:PORT</translation>
    </message>
    <message>
        <source>nobody has agreed to use its credentials yet</source>
        <translation>還沒有人同意使用它的認證資料</translation>
    </message>
    <message>
        <source>Open the job and allow it there</source>
        <translation>請開啟該工作並在那裡允許</translation>
    </message>
</context>
<context>
    <name>cairn::app::BulkController</name>
    <message numerus="yes">
        <source>At most %1 of %n running job(s).</source>
        <translation>
            <numerusform>%n 個執行中的工作，最多 %1。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n running job(s), since their newest whole checkpoints.</source>
        <translation>
            <numerusform>%n 個執行中的工作，自最新的完整檢查點以來 %1。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The checkpoints of %n of them were not read.</source>
        <translation>
            <numerusform>其中 %n 個的檢查點沒有讀取。</numerusform>
        </translation>
    </message>
    <message>
        <source>Checkpoints and everything else on PVCs and in buckets: %1.</source>
        <translation>PVC 與儲存桶裡的檢查點和其他一切：%1。</translation>
    </message>
</context>
<context>
    <name>cairn::app::BulkRun</name>
    <message>
        <source>%1 of %2 jobs are done.</source>
        <translation>%2 個工作中已完成 %1 個。</translation>
    </message>
    <message numerus="yes">
        <source>%n failed; the first: %1</source>
        <translation>
            <numerusform>%n 個失敗；第一個：%1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) suspended</source>
        <translation>
            <numerusform>已暫停 %n 個工作</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) unsuspended</source>
        <translation>
            <numerusform>已解除暫停 %n 個工作</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) deleted</source>
        <translation>
            <numerusform>已刪除 %n 個工作</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::app::CheckpointsController</name>
    <message>
        <source>Checkpoints</source>
        <translation>檢查點</translation>
    </message>
    <message>
        <source>Read the checkpoints of all jobs</source>
        <translation>讀取所有工作的檢查點</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>未連線</translation>
    </message>
</context>
<context>
    <name>cairn::app::ConnectController</name>
    <message>
        <source>at most 5 s</source>
        <translation>最多 5 秒</translation>
    </message>
    <message>
        <source>Add a kubeconfig file</source>
        <translation>加入 kubeconfig 檔案</translation>
    </message>
    <message>
        <source>Contexts</source>
        <translation>情境</translation>
    </message>
    <message>
        <source>Copied: %1</source>
        <translation>已複製：%1</translation>
    </message>
    <message>
        <source>Add a kubeconfig…</source>
        <translation>加入 kubeconfig…</translation>
    </message>
    <message>
        <source>Switch to %1</source>
        <comment>name of a context</comment>
        <translation>切換到 %1</translation>
    </message>
    <message>
        <source>context cluster</source>
        <comment>to be found by</comment>
        <translation>叢集 環境</translation>
    </message>
</context>
<context>
    <name>cairn::app::DesktopNotifications</name>
    <message>
        <source>Show</source>
        <translation>顯示</translation>
    </message>
</context>
<context>
    <name>cairn::app::EventsController</name>
    <message>
        <source>Events</source>
        <translation>事件</translation>
    </message>
</context>
<context>
    <name>cairn::app::HaController</name>
    <message>
        <source>High availability</source>
        <translation>高可用性</translation>
    </message>
    <message>
        <source>component · %1</source>
        <comment>namespace</comment>
        <translation>元件 · %1</translation>
    </message>
</context>
<context>
    <name>cairn::app::HelperConsent</name>
    <message>
        <source>The helper was not started: its image needs your consent</source>
        <translation>輔助 Job 未啟動：其映像檔需要您的同意</translation>
    </message>
    <message>
        <source>It would run %1 in namespace %2.</source>
        <translation>它會在命名空間 %2 執行 %1。</translation>
    </message>
    <message>
        <source>It would run %1 in namespace %2, where you agreed to %3. The image is that of a pod that mounts the PVC.</source>
        <translation>它會在命名空間 %2 執行 %1，而您在該處同意的是 %3。此映像檔來自掛載該 PVC 的 Pod。</translation>
    </message>
    <message>
        <source>Allow it if you trust this image.</source>
        <translation>若您信任此映像檔，請允許它。</translation>
    </message>
</context>
<context>
    <name>cairn::app::JobActions</name>
    <message>
        <source>You don&apos;t have permission to %1 %2 in namespace %3.</source>
        <translation>您無權在命名空間 %3 對 %2 執行 %1。</translation>
    </message>
</context>
<context>
    <name>cairn::app::JobController</name>
    <message>
        <source>The folder could not be remembered on the job</source>
        <translation>無法將資料夾記在工作上</translation>
    </message>
    <message>
        <source>The job was deleted.</source>
        <translation>該工作已被刪除。</translation>
    </message>
    <message>
        <source>It is guessed from %1.</source>
        <translation>此為根據 %1 的推測。</translation>
    </message>
    <message>
        <source>This job carries the record of a resume that cannot be read.</source>
        <translation>此工作帶有無法讀取的接續紀錄。</translation>
    </message>
    <message>
        <source>The checkpoints of this job cannot be listed</source>
        <translation>無法列出此工作的檢查點</translation>
    </message>
    <message>
        <source>Reading checkpoints…</source>
        <translation>正在讀取檢查點…</translation>
    </message>
    <message>
        <source>No container of this job was restarted.</source>
        <translation>此工作的容器都沒有重啟過。</translation>
    </message>
    <message>
        <source>No pods</source>
        <translation>沒有 Pod</translation>
    </message>
    <message>
        <source>The pods of this job are gone, and their logs with them.</source>
        <translation>此工作的 Pod 已不存在，記錄也隨之消失。</translation>
    </message>
    <message>
        <source>Logs appear here when the first pod starts.</source>
        <translation>第一個 Pod 啟動後，記錄會顯示在這裡。</translation>
    </message>
    <message>
        <source>The job has %1; the others are left out.</source>
        <translation>此工作有 %1 個 Pod，其餘略過。</translation>
    </message>
    <message>
        <source>The logs of the first %1 pods are shown</source>
        <translation>只顯示前 %1 個 Pod 的記錄</translation>
    </message>
    <message>
        <source>Remembering the server…</source>
        <translation>正在記住伺服器…</translation>
    </message>
    <message>
        <source>The job no longer exists.</source>
        <translation>工作已不存在。</translation>
    </message>
    <message>
        <source>A change to this job is in progress.</source>
        <translation>此工作的變更正在進行中。</translation>
    </message>
    <message>
        <source>A resume that started %1 was not finished.</source>
        <translation>%1 開始的接續未完成。</translation>
    </message>
    <message>
        <source>From %1; it is now: %2. Finish continues from there, Roll back restores the job as it was.</source>
        <translation>從 %1；目前為：%2。「完成」會從該處繼續，「復原」會讓工作恢復原狀。</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to %1 %2 in namespace %3.</source>
        <translation>您無權在命名空間 %3 對 %2 執行 %1。</translation>
    </message>
    <message>
        <source>Enter where it saves: the folder inside its container</source>
        <translation>請指定儲存位置：容器內的資料夾</translation>
    </message>
    <message>
        <source>Checking how the PVC can be read…</source>
        <translation>正在確認 PVC 的讀取方式…</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to create jobs.batch in namespace %1.</source>
        <translation>您無權在命名空間 %1 建立 jobs.batch。</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to read the PVC %1</source>
        <translation>您無權讀取 PVC %1</translation>
    </message>
    <message>
        <source>%1 has permission neither to create jobs in the group batch nor to run commands in pods of namespace %2.</source>
        <translation>%1 既無權在 batch 群組建立工作，也無權在命名空間 %2 的 Pod 中執行命令。</translation>
    </message>
</context>
<context>
    <name>cairn::app::JobsController</name>
    <message>
        <source>Jobs</source>
        <translation>工作</translation>
    </message>
    <message>
        <source>Copied: %1</source>
        <translation>已複製：%1</translation>
    </message>
    <message>
        <source>Show all namespaces</source>
        <translation>顯示所有命名空間</translation>
    </message>
    <message>
        <source>Show only namespace %1</source>
        <translation>只顯示命名空間 %1</translation>
    </message>
    <message>
        <source>Resume…</source>
        <translation>接續…</translation>
    </message>
    <message>
        <source>Logs of the job</source>
        <translation>工作的記錄</translation>
    </message>
    <message>
        <source>Delete the selected jobs…</source>
        <translation>刪除選取的工作…</translation>
    </message>
    <message>
        <source>All actions for them</source>
        <translation>對它們的所有操作</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>記錄</translation>
    </message>
    <message>
        <source>Follow the log</source>
        <translation>跟隨記錄</translation>
    </message>
    <message>
        <source>Next hit</source>
        <translation>下一個符合處</translation>
    </message>
    <message>
        <source>Previous hit</source>
        <translation>上一個符合處</translation>
    </message>
    <message>
        <source>Next error</source>
        <translation>下一個錯誤</translation>
    </message>
    <message>
        <source>The checkpoints are not read yet</source>
        <translation>尚未讀取檢查點</translation>
    </message>
    <message>
        <source>Read the list first, then choose one.</source>
        <translation>請先讀取清單，再選一個。</translation>
    </message>
    <message>
        <source>There is no checkpoint to resume from</source>
        <translation>沒有可供接續的檢查點</translation>
    </message>
</context>
<context>
    <name>cairn::app::Keychain</name>
    <message>
        <source>The keychain stays locked</source>
        <translation>鑰匙圈仍然鎖定</translation>
    </message>
    <message>
        <source>Unlock it when it asks.</source>
        <translation>在它詢問時解鎖。</translation>
    </message>
    <message>
        <source>There is no keychain on this computer</source>
        <translation>這台電腦沒有鑰匙圈</translation>
    </message>
    <message>
        <source>Start GNOME Keyring, KWallet or another Secret Service. Until then credentials stay in memory only.</source>
        <translation>請啟動 GNOME Keyring、KWallet 或其他 Secret Service。在那之前認證資料只留在記憶體中。</translation>
    </message>
</context>
<context>
    <name>cairn::app::MainWindow</name>
    <message>
        <source>Cairn</source>
        <translation>Cairn</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>未連線</translation>
    </message>
    <message>
        <source>Choose a context to start</source>
        <translation>請先選擇情境</translation>
    </message>
    <message>
        <source>not connected</source>
        <translation>未連線</translation>
    </message>
    <message numerus="yes">
        <source>%n node(s)</source>
        <translation>
            <numerusform>%n 個節點</numerusform>
        </translation>
    </message>
    <message>
        <source>namespace: all</source>
        <translation>命名空間：全部</translation>
    </message>
    <message>
        <source>namespace: %1</source>
        <translation>命名空間：%1</translation>
    </message>
    <message numerus="yes">
        <source>%n namespace(s)</source>
        <translation>
            <numerusform>%n 個命名空間</numerusform>
        </translation>
    </message>
    <message>
        <source>server not verified</source>
        <translation>伺服器未驗證</translation>
    </message>
    <message>
        <source>live · %1 ms</source>
        <translation>即時 · %1 ms</translation>
    </message>
    <message>
        <source>live</source>
        <translation>即時</translation>
    </message>
    <message>
        <source>reading…</source>
        <translation>讀取中…</translation>
    </message>
    <message>
        <source>not connected; last read %1</source>
        <translation>未連線；上次讀取：%1</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s)</source>
        <translation>
            <numerusform>%n 個工作</numerusform>
        </translation>
    </message>
    <message>
        <source>signed in as %1</source>
        <translation>登入身分：%1</translation>
    </message>
    <message>
        <source> · the server&apos;s certificate is not verified</source>
        <translation> · 未驗證伺服器的憑證</translation>
    </message>
    <message>
        <source>%1 – Cairn</source>
        <comment>context; title of the window</comment>
        <translation>%1 – Cairn</translation>
    </message>
    <message>
        <source>New window on this context</source>
        <translation>以此情境開新視窗</translation>
    </message>
    <message>
        <source>Close this window</source>
        <translation>關閉此視窗</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>結束</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>到處適用</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>頁面</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>命令選擇區</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>重新整理</translation>
    </message>
    <message>
        <source>read again reload</source>
        <comment>to be found by</comment>
        <translation>重新讀取 重新載入 更新</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>鍵盤快捷鍵</translation>
    </message>
    <message>
        <source>help keys</source>
        <comment>to be found by</comment>
        <translation>說明 按鍵</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>bell messages errors</source>
        <comment>to be found by</comment>
        <translation>鈴鐺 訊息 錯誤</translation>
    </message>
    <message>
        <source>YAML and differences</source>
        <translation>YAML 與差異</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜尋</translation>
    </message>
    <message>
        <source>Next hit</source>
        <translation>下一個符合處</translation>
    </message>
    <message>
        <source>Previous hit</source>
        <translation>上一個符合處</translation>
    </message>
    <message>
        <source>Fold the block</source>
        <translation>摺疊區塊</translation>
    </message>
    <message>
        <source>Unfold the block</source>
        <translation>展開區塊</translation>
    </message>
    <message>
        <source>Next problem</source>
        <translation>下一個問題</translation>
    </message>
    <message>
        <source>Previous problem</source>
        <translation>上一個問題</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>篩選</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>移動</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>開啟</translation>
    </message>
    <message>
        <source>The button of the row</source>
        <translation>該列的按鈕</translation>
    </message>
    <message>
        <source>Copy the row</source>
        <translation>複製該列</translation>
    </message>
    <message>
        <source>Select the row</source>
        <translation>選取該列</translation>
    </message>
    <message>
        <source>Select several</source>
        <translation>選取多列</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全選</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Warning from the API server</source>
        <translation>API 伺服器的警告</translation>
    </message>
    <message>
        <source>never</source>
        <translation>從未</translation>
    </message>
    <message>
        <source>%1 · without %2</source>
        <comment>live, resources that may not be read</comment>
        <translation>%1 · 不含 %2</translation>
    </message>
    <message>
        <source>connected; no kind of training job is served</source>
        <translation>已連線；伺服器不提供任何訓練工作類型</translation>
    </message>
    <message>
        <source>connected; you don&apos;t have permission to list jobs</source>
        <translation>已連線；您無權列出工作</translation>
    </message>
    <message>
        <source>not answering for %1</source>
        <translation>已有 %1 沒有回應</translation>
    </message>
    <message>
        <source>reconnecting; last read %1</source>
        <translation>重新連線中；上次讀取：%1</translation>
    </message>
</context>
<context>
    <name>cairn::app::NodesController</name>
    <message>
        <source>Nodes</source>
        <translation>節點</translation>
    </message>
    <message>
        <source>node</source>
        <translation>節點</translation>
    </message>
    <message>
        <source>node · %1</source>
        <comment>zone</comment>
        <translation>節點 · %1</translation>
    </message>
</context>
<context>
    <name>cairn::app::Notifier</name>
    <message>
        <source>%1 · %2</source>
        <comment>context, what happened</comment>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>顯示</translation>
    </message>
    <message>
        <source>This is what a notification from Cairn looks like</source>
        <translation>Cairn 的通知看起來像這樣</translation>
    </message>
    <message>
        <source>Click it to come back to the window.</source>
        <translation>按一下即可回到視窗。</translation>
    </message>
</context>
<context>
    <name>cairn::app::OverviewController</name>
    <message>
        <source>Overview</source>
        <translation>總覽</translation>
    </message>
</context>
<context>
    <name>cairn::app::PaletteController</name>
    <message>
        <source>%1 · %2 · %3</source>
        <comment>kind, namespace, state of a job</comment>
        <translation>%1 · %2 · %3</translation>
    </message>
</context>
<context>
    <name>cairn::app::PodsController</name>
    <message>
        <source>The pod is gone</source>
        <translation>Pod 已不存在</translation>
    </message>
    <message>
        <source>Its logs went with it.</source>
        <translation>其記錄也隨之消失。</translation>
    </message>
    <message>
        <source>No container of this pod was restarted.</source>
        <translation>此 Pod 沒有容器重新啟動過。</translation>
    </message>
    <message>
        <source>No lines yet</source>
        <translation>尚無任何行</translation>
    </message>
    <message>
        <source>Pods</source>
        <translation>Pod</translation>
    </message>
    <message>
        <source>Logs of the pod</source>
        <translation>Pod 的記錄</translation>
    </message>
    <message>
        <source>YAML of the pod</source>
        <translation>Pod 的 YAML</translation>
    </message>
    <message>
        <source>No container of this pod has started. The log begins here as soon as one has.</source>
        <translation>此 Pod 尚無容器啟動。一有容器啟動，記錄就會從這裡開始。</translation>
    </message>
</context>
<context>
    <name>cairn::app::QuotasController</name>
    <message>
        <source>Quotas</source>
        <translation>配額</translation>
    </message>
    <message>
        <source>The queues of Kueue could not be read: %1</source>
        <translation>無法讀取 Kueue 的佇列：%1</translation>
    </message>
    <message>
        <source>The quotas of namespaces could not be read: %1</source>
        <translation>無法讀取命名空間的配額：%1</translation>
    </message>
</context>
<context>
    <name>cairn::app::ResumeController</name>
    <message>
        <source>%1 · %2 must be computed again.</source>
        <translation>須重新計算：%1 · %2。</translation>
    </message>
    <message numerus="yes">
        <source>%n step(s)</source>
        <translation>
            <numerusform>%n 步</numerusform>
        </translation>
    </message>
    <message>
        <source>An unknown number of steps</source>
        <translation>步數不明</translation>
    </message>
    <message>
        <source>Resuming %1 from step %2</source>
        <translation>正在從第 %2 步接續 %1</translation>
    </message>
    <message>
        <source>Resuming %1</source>
        <translation>正在接續 %1</translation>
    </message>
    <message>
        <source>Finishing the resume of %1</source>
        <translation>正在完成 %1 的接續</translation>
    </message>
    <message>
        <source>Reading the job</source>
        <translation>正在讀取工作</translation>
    </message>
    <message>
        <source>Save the job as YAML</source>
        <translation>將工作儲存為 YAML</translation>
    </message>
    <message>
        <source>YAML files (*.yaml)</source>
        <translation>YAML 檔案 (*.yaml)</translation>
    </message>
    <message>
        <source>At least %1 · %2 must be computed again.</source>
        <translation>至少須重新計算：%1 · %2。</translation>
    </message>
    <message>
        <source>%1 · at least %2 must be computed again.</source>
        <translation>須重新計算：%1 · 至少 %2。</translation>
    </message>
    <message>
        <source>Rolling back the resume of %1</source>
        <translation>正在復原 %1 的接續</translation>
    </message>
</context>
<context>
    <name>cairn::app::ResumeRun</name>
    <message>
        <source>Rolling back the resume of %1</source>
        <translation>正在復原 %1 的接續</translation>
    </message>
    <message>
        <source>Step %1 reached %2 after the start.</source>
        <translation>啟動後 %2 到達第 %1 步。</translation>
    </message>
    <message>
        <source>Training continues; %1 after the start.</source>
        <translation>訓練持續進行中；距啟動 %1。</translation>
    </message>
    <message>
        <source>The job was unsuspended. The first step was not waited for.</source>
        <translation>工作已解除暫停，未等待第一步。</translation>
    </message>
    <message>
        <source>Everything is back as it was.</source>
        <translation>一切已恢復原狀。</translation>
    </message>
</context>
<context>
    <name>cairn::app::SaveYamlController</name>
    <message>
        <source>YAML to apply again (*.yaml)</source>
        <translation>可再次套用的 YAML (*.yaml)</translation>
    </message>
    <message numerus="yes">
        <source>Save %n job(s) as YAML</source>
        <translation>
            <numerusform>將 %n 個工作存成 YAML</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) saved</source>
        <translation>
            <numerusform>已儲存 %n 個工作</numerusform>
        </translation>
    </message>
    <message>
        <source>The jobs were not saved</source>
        <translation>工作未儲存</translation>
    </message>
    <message>
        <source>YAML with status and everything the server added (*.yaml)</source>
        <translation>含狀態與伺服器所加內容的 YAML (*.yaml)</translation>
    </message>
</context>
<context>
    <name>cairn::app::SettingsController</name>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>授權</translation>
    </message>
    <message>
        <source>Settings file</source>
        <translation>設定檔</translation>
    </message>
    <message>
        <source>Add a folder of sign-in programs</source>
        <translation>加入登入程式的資料夾</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>preferences options</source>
        <comment>to be found by</comment>
        <translation>偏好 選項 設置</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>到處適用</translation>
    </message>
    <message>
        <source>theme</source>
        <comment>to be found by</comment>
        <translation>主題 佈景</translation>
    </message>
    <message>
        <source>zoom</source>
        <comment>to be found by</comment>
        <translation>縮放 字級</translation>
    </message>
    <message>
        <source>Light colours</source>
        <translation>淺色</translation>
    </message>
    <message>
        <source>Dark colours</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Colours follow the system</source>
        <translation>色彩跟隨系統</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>縮小文字</translation>
    </message>
    <message>
        <source>Text at 100 %</source>
        <translation>文字 100%</translation>
    </message>
</context>
<context>
    <name>cairn::app::StorageController</name>
    <message>
        <source>Storage</source>
        <translation>儲存空間</translation>
    </message>
    <message>
        <source>PVC · %1</source>
        <comment>namespace</comment>
        <translation>PVC · %1</translation>
    </message>
</context>
<context>
    <name>cairn::change</name>
    <message>
        <source>%1 was changed in the meantime.</source>
        <comment>name of an object</comment>
        <translation>%1 在其間已被變更。</translation>
    </message>
    <message>
        <source>Look at it as it is now and start again.</source>
        <translation>請查看其現況，再重新開始。</translation>
    </message>
    <message>
        <source>Another object took its name.</source>
        <translation>它的名稱已被另一個物件使用。</translation>
    </message>
    <message>
        <source>It is being deleted.</source>
        <translation>它正在刪除中。</translation>
    </message>
    <message>
        <source>Its specification, labels or owner are not those the plan was made from.</source>
        <translation>其規格、標籤或擁有者與擬定計畫時不同。</translation>
    </message>
    <message>
        <source>%1 has since been changed by someone else.</source>
        <comment>name of an object</comment>
        <translation>%1 之後已被其他人變更。</translation>
    </message>
    <message>
        <source>Rolling back would overwrite that.</source>
        <translation>復原會覆寫該變更。</translation>
    </message>
    <message>
        <source>Look at it, and revert by hand what has to be reverted.</source>
        <translation>請查看它，並手動改回需要改回的部分。</translation>
    </message>
    <message>
        <source>Rolling back %1.</source>
        <comment>name of an object</comment>
        <translation>正在復原 %1。</translation>
    </message>
    <message>
        <source>Deleting %1.</source>
        <comment>name of an object</comment>
        <translation>正在刪除 %1。</translation>
    </message>
    <message>
        <source>Creating %1.</source>
        <comment>name of an object</comment>
        <translation>正在建立 %1。</translation>
    </message>
    <message>
        <source>Changing %1.</source>
        <comment>name of an object</comment>
        <translation>正在變更 %1。</translation>
    </message>
    <message>
        <source>Someone else took over this change.</source>
        <translation>已有其他人接手此變更。</translation>
    </message>
    <message>
        <source>Its record is no longer the one of this flow.</source>
        <translation>其紀錄已不屬於這次操作。</translation>
    </message>
    <message>
        <source>Look at the objects as they are now.</source>
        <translation>請查看這些物件的現況。</translation>
    </message>
    <message>
        <source>It is not the one that was made.</source>
        <translation>它不是先前建立的那一個。</translation>
    </message>
    <message>
        <source>The record of the change could not be removed: %1</source>
        <translation>無法移除變更的紀錄：%1</translation>
    </message>
    <message>
        <source>Everything is done.</source>
        <translation>全部完成。</translation>
    </message>
    <message>
        <source>Everything is back as it was.</source>
        <translation>一切已恢復原狀。</translation>
    </message>
    <message>
        <source>This cannot be done.</source>
        <translation>無法執行此變更。</translation>
    </message>
    <message>
        <source>The record of a change cannot be read.</source>
        <translation>無法讀取某項變更的紀錄。</translation>
    </message>
    <message>
        <source>Delete the ConfigMap that holds it if nobody is working on that change.</source>
        <translation>若無人正在處理該變更，請刪除存放此紀錄的 ConfigMap。</translation>
    </message>
    <message>
        <source>It was written by a newer Cairn, or not by Cairn at all.</source>
        <translation>它由較新版的 Cairn 寫入，或根本不是 Cairn 寫入的。</translation>
    </message>
    <message>
        <source>Its fields contradict each other.</source>
        <translation>其欄位互相矛盾。</translation>
    </message>
    <message>
        <source>It is too long.</source>
        <translation>其內容過長。</translation>
    </message>
    <message>
        <source>Stopped; the server may have got the request.</source>
        <translation>已停止；伺服器可能已收到請求。</translation>
    </message>
    <message>
        <source>Stopped; nothing was changed.</source>
        <translation>已停止；沒有任何變更。</translation>
    </message>
    <message>
        <source>%1 is gone.</source>
        <comment>name of an object</comment>
        <translation>%1 已不存在。</translation>
    </message>
    <message>
        <source>Another object of the same name took its place.</source>
        <translation>已由另一個同名物件取代。</translation>
    </message>
    <message>
        <source>Open that one instead.</source>
        <translation>請改為開啟那一個。</translation>
    </message>
    <message>
        <source>%1 already exists.</source>
        <comment>name of an object</comment>
        <translation>%1 已經存在。</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>請另選名稱。</translation>
    </message>
    <message>
        <source>Deleted.</source>
        <translation>已刪除。</translation>
    </message>
    <message>
        <source>It is being deleted; it goes when its finalizers do: %1.</source>
        <translation>正在刪除；待其 finalizer 完成後消失：%1。</translation>
    </message>
    <message>
        <source>It was already gone.</source>
        <translation>它早已不存在。</translation>
    </message>
    <message>
        <source>Stopped before its turn; nothing was changed.</source>
        <translation>輪到之前已停止；沒有任何變更。</translation>
    </message>
</context>
<context>
    <name>cairn::charts::ActivityChart</name>
    <message>
        <source>Legend: %1</source>
        <translation>圖例：%1</translation>
    </message>
    <message>
        <source>checkpoint</source>
        <translation>檢查點</translation>
    </message>
    <message>
        <source>failure</source>
        <translation>失敗</translation>
    </message>
    <message>
        <source>resumed</source>
        <translation>接續</translation>
    </message>
    <message>
        <source>running for %1</source>
        <translation>已執行 %1</translation>
    </message>
    <message>
        <source>ran for %1, until %2</source>
        <translation>執行了 %1，結束於%2</translation>
    </message>
    <message>
        <source>checkpoints not read yet</source>
        <translation>尚未讀取檢查點</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>what, when</comment>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>now</source>
        <translation>現在</translation>
    </message>
    <message>
        <source>%1 h ago</source>
        <comment>hours</comment>
        <translation>%1 小時前</translation>
    </message>
    <message>
        <source>%1 h</source>
        <comment>hours</comment>
        <translation>%1 小時</translation>
    </message>
    <message>
        <source>What jobs did in the last %1 hours</source>
        <translation>各工作在過去 %1 小時內的活動</translation>
    </message>
    <message numerus="yes">
        <source>%n checkpoint(s) in this period</source>
        <translation>
            <numerusform>這段時間內 %n 個檢查點</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::charts::TimelineChart</name>
    <message>
        <source>No checkpoints yet</source>
        <translation>尚無檢查點</translation>
    </message>
    <message>
        <source>Checkpoint timeline</source>
        <translation>檢查點時間軸</translation>
    </message>
    <message>
        <source>Checkpoint timeline: %1, %2</source>
        <comment>title and detail of the chosen one</comment>
        <translation>檢查點時間軸：%1，%2</translation>
    </message>
    <message numerus="yes">
        <source>%n checkpoint(s) from step %1 to %2: %3 whole, %4 writing, %5 unverified, %6 damaged.</source>
        <translation>
            <numerusform>第 %1 步至第 %2 步共 %n 個檢查點：%3 個完整、%4 個寫入中、%5 個未驗證、%6 個損壞。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n restart(s).</source>
        <translation>
            <numerusform>重啟 %n 次。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failure(s).</source>
        <translation>
            <numerusform>失敗 %n 次。</numerusform>
        </translation>
    </message>
    <message>
        <source>whole</source>
        <translation>完整</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>寫入中</translation>
    </message>
    <message>
        <source>unverified</source>
        <translation>未驗證</translation>
    </message>
    <message>
        <source>damaged</source>
        <translation>損壞</translation>
    </message>
    <message>
        <source>Show as table</source>
        <translation>以表格顯示</translation>
    </message>
    <message>
        <source>Copy summary</source>
        <translation>複製摘要</translation>
    </message>
</context>
<context>
    <name>cairn::charts::UsageChart</name>
    <message>
        <source>%1 %2</source>
        <comment>number, unit</comment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>capacity %1</source>
        <translation>容量 %1</translation>
    </message>
    <message>
        <source>full about %1</source>
        <translation>約 %1 用滿</translation>
    </message>
    <message>
        <source>%1 now</source>
        <translation>目前 %1</translation>
    </message>
    <message>
        <source>%1, %2 %</source>
        <comment>used, part</comment>
        <translation>%1，%2 %</translation>
    </message>
    <message>
        <source>%1 %2, %3 %4.</source>
        <comment>used, when, used, when</comment>
        <translation>%2 為 %1，%4 為 %3。</translation>
    </message>
    <message>
        <source>The capacity is %1.</source>
        <translation>容量為 %1。</translation>
    </message>
    <message numerus="yes">
        <source>Full in about %n day(s).</source>
        <translation>
            <numerusform>約 %n 天後用滿。</numerusform>
        </translation>
    </message>
    <message>
        <source>Show as table</source>
        <translation>以表格顯示</translation>
    </message>
    <message>
        <source>Copy summary</source>
        <translation>複製摘要</translation>
    </message>
    <message>
        <source>No history yet: Cairn records it while it runs</source>
        <translation>尚無歷史：Cairn 執行時會記錄</translation>
    </message>
    <message>
        <source>No measurements in this period</source>
        <translation>這段期間沒有量測</translation>
    </message>
    <message>
        <source>Usage over time</source>
        <translation>使用量變化</translation>
    </message>
    <message>
        <source>Usage over time: %1, %2</source>
        <comment>used, when</comment>
        <translation>使用量變化：%1，%2</translation>
    </message>
</context>
<context>
    <name>cairn::ckpt</name>
    <message>
        <source>not read yet</source>
        <translation>尚未讀取</translation>
    </message>
    <message>
        <source>it could not be read</source>
        <translation>無法讀取</translation>
    </message>
    <message>
        <source>%1 could not be listed</source>
        <translation>無法列出：%1</translation>
    </message>
    <message>
        <source>Correct where the job saves, or list as the user who owns the files</source>
        <translation>請更正工作的儲存位置，或以檔案擁有者的身分列出</translation>
    </message>
    <message>
        <source>The folder %1 leads out of the volume through a link</source>
        <translation>資料夾 %1 經由連結指向磁碟區之外</translation>
    </message>
    <message>
        <source>Name the folder itself</source>
        <translation>請直接指定該資料夾本身</translation>
    </message>
    <message>
        <source>The image has no %1</source>
        <translation>映像檔沒有 %1</translation>
    </message>
    <message>
        <source>Choose an image with the usual shell tools, such as one based on Debian or Alpine</source>
        <translation>請選擇具備常用 shell 工具的映像檔，例如以 Debian 或 Alpine 為基礎者</translation>
    </message>
    <message>
        <source>The helper printed nothing</source>
        <translation>輔助 Job 沒有輸出</translation>
    </message>
    <message>
        <source>The helper printed something else: %1</source>
        <translation>輔助 Job 輸出了其他內容：%1</translation>
    </message>
    <message>
        <source>Use an image with a shell, or list through exec</source>
        <translation>請使用具備 shell 的映像檔，或改以 exec 列出</translation>
    </message>
    <message>
        <source>Not every file could be checked in %1 rounds; those are shown as unverified.</source>
        <translation>%1 輪內無法檢查完所有檔案；其餘顯示為未驗證。</translation>
    </message>
    <message numerus="yes">
        <source>Reading %n ranges of files</source>
        <translation>
            <numerusform>正在讀取 %n 段檔案內容</numerusform>
        </translation>
    </message>
    <message>
        <source>Not every file could be checked: %1</source>
        <translation>無法檢查所有檔案：%1</translation>
    </message>
    <message>
        <source>No image is known for the helper</source>
        <translation>不知道輔助 Job 該用哪個映像檔</translation>
    </message>
    <message>
        <source>Name an image that has a shell</source>
        <translation>請指定具備 shell 的映像檔</translation>
    </message>
    <message>
        <source>The pod %1</source>
        <translation>Pod %1</translation>
    </message>
    <message>
        <source>Its image cannot run the listing (exit code %1): %2</source>
        <translation>其映像檔無法執行列出作業（結束代碼 %1）：%2</translation>
    </message>
    <message>
        <source>List with a helper Job and an image that has a shell</source>
        <translation>請改用輔助 Job 與具備 shell 的映像檔列出</translation>
    </message>
    <message>
        <source>The folder %1</source>
        <translation>資料夾 %1</translation>
    </message>
    <message>
        <source>shard %1 has no end record: it is cut short or still being written</source>
        <translation>分片 %1 沒有結尾紀錄：已截斷或仍在寫入</translation>
    </message>
    <message>
        <source>shard %1 is cut short: %2 of %3 bytes</source>
        <translation>分片 %1 已截斷：只有 %3 位元組中的 %2</translation>
    </message>
    <message>
        <source>%1 of %2 shards are there</source>
        <translation>%2 個分片中有 %1 個</translation>
    </message>
    <message>
        <source>its shards do not end like torch.save files; another serializer may have written them</source>
        <translation>其分片的結尾與 torch.save 的檔案不同；可能由其他序列化程式寫入</translation>
    </message>
    <message>
        <source>every rank wrote its own metadata (use_collectives=False), so nothing says how many ranks there were</source>
        <translation>每個 rank 各自寫了中繼資料（use_collectives=False），因此無從得知共有多少個 rank</translation>
    </message>
    <message>
        <source>.metadata, which is written last, and the shards of rank %1 are missing</source>
        <translation>缺少最後寫入的 .metadata 與 rank %1 的分片</translation>
    </message>
    <message>
        <source>.metadata, which is written last, is missing</source>
        <translation>缺少最後寫入的 .metadata</translation>
    </message>
    <message>
        <source>meta.pt is missing</source>
        <translation>缺少 meta.pt</translation>
    </message>
    <message>
        <source>metadata.json, which Megatron writes last, is missing</source>
        <translation>缺少 Megatron 最後寫入的 metadata.json</translation>
    </message>
    <message>
        <source>.metadata names no shards</source>
        <translation>.metadata 沒有列出任何分片</translation>
    </message>
    <message>
        <source>.metadata could not be followed to its end; %1 shards are there</source>
        <translation>.metadata 無法解析到結尾；有 %1 個分片</translation>
    </message>
    <message>
        <source>all %1 shards that .metadata names are there with their full size and end record; contents not read</source>
        <translation>.metadata 列出的 %1 個分片都在，大小與結尾紀錄皆完整；未讀取內容</translation>
    </message>
    <message>
        <source>.metadata, which is written last, is empty</source>
        <translation>最後寫入的 .metadata 是空的</translation>
    </message>
    <message>
        <source>.metadata.tmp is there: a save is under way or was broken off</source>
        <translation>有 .metadata.tmp：儲存正在進行或已中斷</translation>
    </message>
    <message>
        <source>It is %1, not Bound; a helper that mounts it would have it provisioned</source>
        <translation>其狀態為 %1 而非 Bound；輔助 Job 一掛載就會觸發佈建</translation>
    </message>
    <message>
        <source>Wait until a job has used it</source>
        <translation>請等到有工作使用過它</translation>
    </message>
    <message>
        <source>It is ReadWriteOncePod and pod %1 uses it, so no other pod may mount it</source>
        <translation>它是 ReadWriteOncePod 且 Pod %1 正在使用，其他 Pod 不得掛載</translation>
    </message>
    <message>
        <source>List through exec into that pod</source>
        <translation>請以 exec 進入該 Pod 列出</translation>
    </message>
    <message>
        <source>No pod mounts it, so no image is known that this namespace can run</source>
        <translation>沒有 Pod 掛載它，因此不知道此命名空間可執行哪個映像檔</translation>
    </message>
    <message>
        <source>trainer_state.json is empty</source>
        <translation>trainer_state.json 是空的</translation>
    </message>
    <message>
        <source>trainer_state.json breaks off</source>
        <translation>trainer_state.json 內容中斷</translation>
    </message>
    <message>
        <source>trainer_state.json is not valid JSON: it is cut short or still being written</source>
        <translation>trainer_state.json 不是有效的 JSON：已截斷或仍在寫入</translation>
    </message>
    <message>
        <source>trainer_state.json names no global_step</source>
        <translation>trainer_state.json 沒有 global_step</translation>
    </message>
    <message>
        <source>none of %1 rng_state files is there</source>
        <translation>%1 個 rng_state 檔案一個都不在</translation>
    </message>
    <message>
        <source>rng_state.pth is missing</source>
        <translation>缺少 rng_state.pth</translation>
    </message>
    <message>
        <source>%1 of %2 rng_state files are there</source>
        <translation>%2 個 rng_state 檔案中有 %1 個</translation>
    </message>
    <message>
        <source>trainer_state.json, which is written last, is missing</source>
        <translation>缺少最後寫入的 trainer_state.json</translation>
    </message>
    <message>
        <source>the marker %1 says that the save was not finished</source>
        <translation>標記 %1 表示儲存未完成</translation>
    </message>
    <message>
        <source>the model is missing</source>
        <translation>缺少模型</translation>
    </message>
    <message>
        <source>the optimizer state is missing</source>
        <translation>缺少最佳化器狀態</translation>
    </message>
    <message>
        <source>it was saved with save_only_model, so the optimizer state is not there</source>
        <translation>以 save_only_model 儲存，因此沒有最佳化器狀態</translation>
    </message>
    <message>
        <source>trainer_state.json, the model and every other file of the trainer are there and hold</source>
        <translation>trainer_state.json、模型與訓練器的其他檔案都在且正確</translation>
    </message>
    <message>
        <source>Only the first %1 checkpoints and files were looked into.</source>
        <translation>只檢視了前 %1 個檢查點與檔案。</translation>
    </message>
    <message>
        <source>tensor %1 has no valid place in the file</source>
        <translation>張量 %1 在檔案中沒有有效的位置</translation>
    </message>
    <message>
        <source>the shape of tensor %1 does not match its size</source>
        <translation>張量 %1 的形狀與其大小不符</translation>
    </message>
    <message>
        <source>its tensors overlap or leave holes</source>
        <translation>其張量互相重疊或留有空隙</translation>
    </message>
    <message>
        <source>the file is cut short: %1 of %2 tensor bytes are there</source>
        <translation>檔案已截斷：張量 %2 位元組中只有 %1</translation>
    </message>
    <message>
        <source>the file is %1 bytes longer than its header says</source>
        <translation>檔案比其標頭所述多出 %1 位元組</translation>
    </message>
    <message>
        <source>the file is empty</source>
        <translation>檔案是空的</translation>
    </message>
    <message>
        <source>the file is cut short</source>
        <translation>檔案已截斷</translation>
    </message>
    <message>
        <source>the file does not begin with a safetensors header</source>
        <translation>檔案開頭沒有 safetensors 標頭</translation>
    </message>
    <message>
        <source>the file is cut short within its header</source>
        <translation>檔案在標頭中就已截斷</translation>
    </message>
    <message>
        <source>the safetensors header is not valid JSON</source>
        <translation>safetensors 標頭不是有效的 JSON</translation>
    </message>
    <message>
        <source>%1 is %2, and the variable in it is not known from the job.</source>
        <translation>%1 為 %2，其中的變數無法從工作得知。</translation>
    </message>
    <message>
        <source>%1 is the relative path %2, and the container&apos;s working folder is not known.</source>
        <translation>%1 為相對路徑 %2，而容器的工作資料夾不明。</translation>
    </message>
    <message>
        <source>CHECKPOINT_DIR comes from a Secret or ConfigMap, whose contents are not read.</source>
        <translation>CHECKPOINT_DIR 來自 Secret 或 ConfigMap，其內容不會被讀取。</translation>
    </message>
    <message>
        <source>Nothing in the job tells where it saves.</source>
        <translation>從工作看不出它儲存在哪裡。</translation>
    </message>
    <message>
        <source>written by torch before 1.6, whose files have no directory: it cannot be checked without loading it</source>
        <translation>由 1.6 之前的 torch 寫入，其檔案沒有目錄：不載入就無法檢查</translation>
    </message>
    <message>
        <source>the numbering of its tensor storages has gaps</source>
        <translation>其張量儲存區的編號有缺漏</translation>
    </message>
    <message>
        <source>a tensor storage that its data.pkl names is missing</source>
        <translation>缺少其 data.pkl 所列的張量儲存區</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1 is not valid JSON</source>
        <translation>%1 不是有效的 JSON</translation>
    </message>
    <message>
        <source>%1 names no shards</source>
        <translation>%1 沒有列出任何分片</translation>
    </message>
    <message>
        <source>the checksum of entry %1 does not match: bytes changed after it was written</source>
        <translation>項目 %1 的總和檢查碼不符：寫入後內容有變</translation>
    </message>
    <message>
        <source>the zip end record is missing: the file is cut short or still being written</source>
        <translation>缺少 zip 結尾紀錄：檔案已截斷或仍在寫入</translation>
    </message>
    <message>
        <source>the ZIP64 end record is missing</source>
        <translation>缺少 ZIP64 結尾紀錄</translation>
    </message>
    <message>
        <source>the ZIP64 end record lies outside the file</source>
        <translation>ZIP64 結尾紀錄位於檔案之外</translation>
    </message>
    <message>
        <source>the ZIP64 end record is not where its locator says</source>
        <translation>ZIP64 結尾紀錄不在其定位器所指之處</translation>
    </message>
    <message>
        <source>the zip directory breaks off at entry %1</source>
        <translation>zip 目錄在項目 %1 中斷</translation>
    </message>
    <message>
        <source>entry %1 has a damaged ZIP64 field</source>
        <translation>項目 %1 的 ZIP64 欄位損壞</translation>
    </message>
    <message>
        <source>entry %1 lies outside the file</source>
        <translation>項目 %1 位於檔案之外</translation>
    </message>
    <message>
        <source>the zip directory holds more than its end record says</source>
        <translation>zip 目錄的內容多於其結尾紀錄所述</translation>
    </message>
    <message>
        <source>entries %1 and %2 overlap</source>
        <translation>項目 %1 與 %2 互相重疊</translation>
    </message>
    <message>
        <source>its compressed entries are too large to check</source>
        <translation>其壓縮項目過大，無法檢查</translation>
    </message>
    <message>
        <source>Choose an image this cluster can pull and that has a shell, or list through exec</source>
        <translation>請選擇此叢集可提取且具備 shell 的映像檔，或改以 exec 列出</translation>
    </message>
    <message>
        <source>The helper Job was ended before it finished</source>
        <translation>輔助 Job 在完成前被終止</translation>
    </message>
    <message>
        <source>Try again; look at the events of the namespace</source>
        <translation>請再試一次；查看該命名空間的事件</translation>
    </message>
    <message>
        <source>Waiting for the helper to start</source>
        <translation>正在等待輔助 Job 啟動</translation>
    </message>
    <message>
        <source>The helper&apos;s container ended: %1</source>
        <translation>輔助 Job 的容器已結束：%1</translation>
    </message>
    <message>
        <source>Choose an image that has a shell, or list through exec</source>
        <translation>請選擇具備 shell 的映像檔，或改以 exec 列出</translation>
    </message>
    <message>
        <source>Its pod does not start: %1, %2</source>
        <translation>其 Pod 無法啟動：%1，%2</translation>
    </message>
    <message>
        <source>Its pod could not be placed: %1</source>
        <translation>其 Pod 無法排程：%1</translation>
    </message>
    <message>
        <source>Its pod did not start in time</source>
        <translation>其 Pod 未及時啟動</translation>
    </message>
    <message>
        <source>Listing %1</source>
        <translation>正在列出 %1</translation>
    </message>
    <message numerus="yes">
        <source>%n folders could not be read, the first is %1.</source>
        <translation>
            <numerusform>%n 個資料夾無法讀取，第一個是 %1。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n folders lie deeper than %1 levels and were left out.</source>
        <translation>
            <numerusform>%n 個資料夾深於 %1 層，已略過。</numerusform>
        </translation>
    </message>
    <message>
        <source>The listing stopped after %1 entries; name a folder further down.</source>
        <translation>列出在 %1 個項目後停止；請指定更下層的資料夾。</translation>
    </message>
    <message>
        <source>More than %1 files look like parts of checkpoints; the rest was left out.</source>
        <translation>超過 %1 個檔案看似檢查點的一部分；其餘已略過。</translation>
    </message>
    <message>
        <source>The listing was cancelled.</source>
        <translation>列出已取消。</translation>
    </message>
    <message>
        <source>The folder %1 cannot be read</source>
        <translation>無法讀取資料夾 %1</translation>
    </message>
    <message>
        <source>There is no such folder</source>
        <translation>沒有這個資料夾</translation>
    </message>
    <message>
        <source>Check the path</source>
        <translation>請檢查路徑</translation>
    </message>
    <message>
        <source>It is not a folder</source>
        <translation>它不是資料夾</translation>
    </message>
    <message>
        <source>Name the folder that holds the checkpoint</source>
        <translation>請指定含有檢查點的資料夾</translation>
    </message>
    <message>
        <source>Ask its owner for read access</source>
        <translation>請向擁有者要求讀取權限</translation>
    </message>
    <message>
        <source>Check the path and the file system</source>
        <translation>請檢查路徑與檔案系統</translation>
    </message>
    <message>
        <source>Checking %1</source>
        <translation>正在檢查 %1</translation>
    </message>
    <message>
        <source>all %1 shards are there, each as long as its header says</source>
        <translation>%1 個分片都在，長度皆與其標頭所述相符</translation>
    </message>
    <message>
        <source>the file is exactly as long as its header says; the format has no checksums</source>
        <translation>檔案長度與其標頭所述完全相符；此格式沒有總和檢查碼</translation>
    </message>
    <message>
        <source>directory, entry bounds, numbering and every checksum hold</source>
        <translation>目錄、項目邊界、編號與所有總和檢查碼皆正確</translation>
    </message>
    <message>
        <source>directory, entry bounds, numbering and the checksum of data.pkl hold; contents not read</source>
        <translation>目錄、項目邊界、編號與 data.pkl 的總和檢查碼皆正確；未讀取內容</translation>
    </message>
    <message>
        <source>it has the random states of %1 ranks, others of this run have %2</source>
        <translation>它有 %1 個 rank 的亂數狀態，此次執行的其他檢查點有 %2 個</translation>
    </message>
    <message>
        <source>%1.</source>
        <comment>a whole sentence</comment>
        <translation>%1。</translation>
    </message>
    <message>
        <source>The listing came back cut short; what is shown is not everything.</source>
        <translation>傳回的清單不完整；所顯示的並非全部。</translation>
    </message>
    <message>
        <source>There are more files than one listing can hold; name a folder further down.</source>
        <translation>檔案數量超過單次列出的上限；請指定更下層的資料夾。</translation>
    </message>
    <message>
        <source>Some folders could not be read: %1</source>
        <translation>有些資料夾無法讀取：%1</translation>
    </message>
    <message>
        <source>Not every other file was counted, so sizes of folders may be too small.</source>
        <translation>並未計入所有其他檔案，因此資料夾大小可能偏小。</translation>
    </message>
    <message>
        <source>entry %1 has no header where the directory says</source>
        <translation>項目 %1 在目錄所指之處沒有標頭</translation>
    </message>
    <message>
        <source>entry %1 reaches into the directory</source>
        <translation>項目 %1 延伸到目錄之內</translation>
    </message>
    <message>
        <source>the zip directory does not fit the file&apos;s size</source>
        <translation>zip 目錄與檔案大小不符</translation>
    </message>
    <message>
        <source>It saves to %1; of object stores only S3 can be listed.</source>
        <translation>它存到 %1；物件儲存中只有 S3 可以列出。</translation>
    </message>
    <message>
        <source>It saves to the bucket %1.</source>
        <translation>它儲存到儲存桶 %1。</translation>
    </message>
    <message>
        <source>random_states_&lt;rank&gt;.pkl, which each rank writes last, are missing</source>
        <translation>缺少每個 rank 最後寫入的 random_states_&lt;rank&gt;.pkl</translation>
    </message>
    <message>
        <source>%1 of %2 random_states files are there</source>
        <translation>%2 個 random_states 檔案中有 %1 個</translation>
    </message>
    <message>
        <source>there is no optimizer state in it</source>
        <translation>其中沒有最佳化器狀態</translation>
    </message>
    <message>
        <source>no weights were found in it</source>
        <translation>其中找不到權重</translation>
    </message>
    <message>
        <source>every file of the save is there and holds; ranks with random states: %1</source>
        <translation>此次儲存的所有檔案都在且正確；有亂數狀態的 rank 數：%1</translation>
    </message>
    <message>
        <source>checking it takes more than the read limit of %1 MiB</source>
        <translation>檢查它所需的讀取量超過 %1 MiB 的上限</translation>
    </message>
    <message>
        <source>The folder %1 does not exist, or this user has no permission to enter it</source>
        <translation>資料夾 %1 不存在，或此使用者無權進入</translation>
    </message>
    <message>
        <source>The PVC %1</source>
        <translation>PVC %1</translation>
    </message>
    <message>
        <source>The PVC %1 could not be measured</source>
        <translation>無法量測 PVC %1</translation>
    </message>
    <message>
        <source>Ask for permission to create jobs.batch in %1</source>
        <translation>請要求在 %1 建立 jobs.batch 的權限</translation>
    </message>
    <message>
        <source>it holds no weights</source>
        <translation>它不含權重</translation>
    </message>
    <message>
        <source>it holds only weights</source>
        <translation>它只含權重</translation>
    </message>
    <message>
        <source>The PVC %1 could not be listed</source>
        <translation>無法列出 PVC %1</translation>
    </message>
    <message>
        <source>The PVC %1 cannot be listed</source>
        <translation>無法列出 PVC %1</translation>
    </message>
    <message>
        <source>The helper&apos;s container exited immediately.</source>
        <translation>輔助 Job 的容器立即結束。</translation>
    </message>
    <message>
        <source>Ask for permission to create jobs.batch in %1, or list through exec into a running pod that mounts the PVC</source>
        <translation>請要求在 %1 建立 jobs.batch 的權限，或以 exec 進入掛載該 PVC 的執行中 Pod 列出</translation>
    </message>
    <message>
        <source>Change the helper&apos;s image or user, or list through exec into a running pod that mounts the PVC</source>
        <translation>請變更輔助 Job 的映像檔或使用者，或以 exec 進入掛載該 PVC 的執行中 Pod 列出</translation>
    </message>
    <message>
        <source>Ask for room in the quota or an exception to the policy, or list through exec</source>
        <translation>請要求配額空間或原則的例外，或以 exec 列出</translation>
    </message>
    <message>
        <source>Make room on the node that has the volume, or list through exec</source>
        <translation>請在持有該磁碟區的節點上騰出空間，或以 exec 列出</translation>
    </message>
    <message>
        <source>The helper is reading the PVC</source>
        <translation>輔助 Job 正在讀取 PVC</translation>
    </message>
    <message>
        <source>%1; the model is saved with its class %2, which loading it needs</source>
        <translation>%1；模型連同其類別 %2 一起儲存，載入時需要該類別</translation>
    </message>
    <message>
        <source>it holds only weights, and its optimizer state is empty, as after the end of a training</source>
        <translation>它只含權重，且最佳化器狀態是空的，如同訓練結束之後</translation>
    </message>
    <message>
        <source>whether it holds an optimizer state is unknown</source>
        <translation>無法得知它是否含有最佳化器狀態</translation>
    </message>
    <message>
        <source>%1; cannot be resumed: %2</source>
        <translation>%1；無法接續：%2</translation>
    </message>
    <message>
        <source>%1; cannot be resumed: its name is not UTF-8 and cannot be passed to a pod</source>
        <translation>%1；無法接續：其名稱不是 UTF-8，無法傳給 Pod</translation>
    </message>
    <message>
        <source>Left out because of their temporary or hidden names: %1, including %2.</source>
        <translation>因名稱為暫存或隱藏而略過：%1 個，包括 %2。</translation>
    </message>
    <message>
        <source>%1 is %2, which is not on a PVC: it is gone when the pod is.</source>
        <translation>%1 為 %2，不在任何 PVC 上：Pod 消失後它也跟著消失。</translation>
    </message>
    <message>
        <source>The job mounts no PVC, so its checkpoints do not outlive its pods.</source>
        <translation>此工作未掛載 PVC，因此檢查點不會比 Pod 存續更久。</translation>
    </message>
    <message>
        <source>%1 and %2 more</source>
        <translation>%1 及另外 %2 個</translation>
    </message>
    <message>
        <source>loading it imports or calls what is not known to be harmless: %1</source>
        <translation>載入它會匯入或呼叫未知是否無害的內容：%1</translation>
    </message>
    <message>
        <source>its data.pkl has the right checksum, but is not a pickle this version can follow</source>
        <translation>其 data.pkl 的總和檢查碼正確，但不是此版本能解析的 pickle</translation>
    </message>
    <message>
        <source>its data.pkl is longer than what is followed, so not all that loading it imports is known</source>
        <translation>其 data.pkl 超過可解析的長度，因此無法得知載入時會匯入的所有內容</translation>
    </message>
    <message>
        <source>it is not a torch file</source>
        <translation>它不是 torch 檔案</translation>
    </message>
</context>
<context>
    <name>cairn::components</name>
    <message>
        <source>The catalogue of components could not be read</source>
        <translation>無法讀取元件目錄</translation>
    </message>
    <message>
        <source>Install Cairn again</source>
        <translation>請重新安裝 Cairn</translation>
    </message>
    <message>
        <source>Another replica takes the lead within about %1.</source>
        <translation>另一個複本約在 %1 內接手。</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>two sentences</comment>
        <translation>%1%2</translation>
    </message>
    <message>
        <source>%1.</source>
        <comment>a sentence</comment>
        <translation>%1。</translation>
    </message>
    <message>
        <source>%1: %2.</source>
        <comment>what happened, why</comment>
        <translation>%1：%2. {1:?}</translation>
    </message>
    <message>
        <source>It is scaled to zero.</source>
        <translation>它的複本數設為零。</translation>
    </message>
    <message numerus="yes">
        <source>None of its %n replica(s) is ready.</source>
        <translation>
            <numerusform>%n 個複本全都未就緒。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Of %n replica(s) %1 are ready.</source>
        <translation>
            <numerusform>%n 個複本中有 %1 個就緒。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Its autoscaler may go down to %n replica(s).</source>
        <translation>
            <numerusform>自動擴縮可能降到 %n 個複本。</numerusform>
        </translation>
    </message>
    <message>
        <source>Only one replica is asked for.</source>
        <translation>只要求一個複本。</translation>
    </message>
    <message numerus="yes">
        <source>All %n ready replica(s) are on node %1.</source>
        <translation>
            <numerusform>就緒的 %n 個複本都在節點 %1 上。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ready on %n node(s).</source>
        <translation>
            <numerusform>在 %n 個節點上就緒。</numerusform>
        </translation>
    </message>
    <message>
        <source>All of them are in one zone.</source>
        <translation>全都在同一個區域。</translation>
    </message>
    <message>
        <source>The zones of its nodes are not known.</source>
        <translation>不知道其節點的區域。</translation>
    </message>
    <message numerus="yes">
        <source>They are in %n zone(s).</source>
        <translation>
            <numerusform>分布於 %n 個區域。</numerusform>
        </translation>
    </message>
    <message>
        <source>Several replicas share one store that only one may write: its data is in danger.</source>
        <translation>多個複本共用只能由一個寫入的儲存：資料有危險。</translation>
    </message>
    <message>
        <source>Split brain: several replicas run and nothing elects a leader, so they do everything twice.</source>
        <translation>腦裂：多個複本同時運作而沒有選出領導者，所以每件事都做兩次。</translation>
    </message>
    <message>
        <source>The lease %1 was not renewed for %2, although it holds for %3 only: nobody leads.</source>
        <translation>租約 %1 已 %2 未續約，但它只維持 %3：目前沒有領導者。</translation>
    </message>
    <message>
        <source>The lease %1 was renewed %2 in the future: a clock is wrong, so nothing can be told from its age.</source>
        <translation>租約 %1 的續約時間在未來 %2：有時鐘不準，無法由其時間判斷。</translation>
    </message>
    <message>
        <source>The other replicas keep running.</source>
        <translation>其他複本繼續運作。</translation>
    </message>
    <message>
        <source>It would tolerate a node failure itself, but it needs %1, which would not.</source>
        <translation>它本身能承受節點失效，但它需要的 %1 不能。</translation>
    </message>
    <message>
        <source>There is no leader election lease, although one is expected.</source>
        <translation>沒有領導者選舉的租約，但應該要有。</translation>
    </message>
    <message>
        <source>Its leader is unknown: you don&apos;t have permission to read its lease.</source>
        <translation>不知道誰是領導者：您無權讀取租約。</translation>
    </message>
    <message>
        <source>Whether a PDB protects it is unknown: you don&apos;t have permission to read PDBs.</source>
        <translation>不知道是否有 PDB 保護它：您無權讀取 PDB。</translation>
    </message>
    <message>
        <source>Whether an autoscaler may scale it down is unknown: you don&apos;t have permission to read autoscalers.</source>
        <translation>不知道自動擴縮是否會縮減它：您無權讀取自動擴縮設定。</translation>
    </message>
</context>
<context>
    <name>cairn::components::Catalogue</name>
    <message>
        <source>Pipelines</source>
        <translation>Pipelines</translation>
    </message>
    <message>
        <source>Katib</source>
        <translation>Katib</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>訓練</translation>
    </message>
    <message>
        <source>Notebooks, dashboard and profiles</source>
        <translation>筆記本、儀表板與 Profile</translation>
    </message>
    <message>
        <source>Serving, Spark and Hub</source>
        <translation>服務、Spark 與 Hub</translation>
    </message>
    <message>
        <source>Common services</source>
        <translation>共用服務</translation>
    </message>
    <message>
        <source>Any number of replicas may serve; upgrade at one replica, because each one migrates the schema when it starts.</source>
        <translation>複本數不限；升級時請降為一個複本，因為每個複本啟動時都會遷移資料庫結構。</translation>
    </message>
    <message>
        <source>It keeps no state.</source>
        <translation>它不保存狀態。</translation>
    </message>
    <message>
        <source>It elects no leader: every replica would report every workflow.</source>
        <translation>它不選領導者：每個複本都會回報每個工作流程。</translation>
    </message>
    <message>
        <source>It elects no leader: before Pipelines 2.17 a second replica starts recurring runs twice.</source>
        <translation>它不選領導者：Pipelines 2.17 之前，第二個複本會讓週期性執行啟動兩次。</translation>
    </message>
    <message>
        <source>Recurring runs are not started.</source>
        <translation>不會啟動週期性執行。</translation>
    </message>
    <message>
        <source>It elects no leader.</source>
        <translation>它不選領導者。</translation>
    </message>
    <message>
        <source>No new viewers, such as TensorBoard, are started from Pipelines.</source>
        <translation>Pipelines 不會再啟動新的檢視器，例如 TensorBoard。</translation>
    </message>
    <message>
        <source>It elects no leader: every replica would write the same metadata and patch the same pods.</source>
        <translation>它不選領導者：每個複本都會寫入相同的中繼資料並修補相同的 Pod。</translation>
    </message>
    <message>
        <source>Lineage of new runs is not recorded.</source>
        <translation>不記錄新執行的譜系。</translation>
    </message>
    <message>
        <source>Any number of replicas may serve once the schema exists; it is upgraded when the first one starts.</source>
        <translation>資料庫結構建立後複本數不限；第一個啟動時會升級結構。</translation>
    </message>
    <message>
        <source>New profiles get no pipeline services.</source>
        <translation>新的 Profile 得不到 Pipelines 服務。</translation>
    </message>
    <message>
        <source>Leader election is off: give it --leader-election and a Role for leases before scaling.</source>
        <translation>未啟用領導者選舉：擴充前請加上 --leader-election 與租約的 Role。</translation>
    </message>
    <message>
        <source>Pipelines, its metadata and its cache stop; what was not saved is lost with the volume.</source>
        <translation>Pipelines、其中繼資料與快取都停擺；未保存的會隨磁碟區遺失。</translation>
    </message>
    <message>
        <source>No artifact can be read or written, so runs fail.</source>
        <translation>無法讀寫成品，因此執行會失敗。</translation>
    </message>
    <message>
        <source>Leader election is off: set enableLeaderElection in katib-config and add a Role for leases before scaling.</source>
        <translation>未啟用領導者選舉：擴充前請在 katib-config 設定 enableLeaderElection 並加上租約的 Role。</translation>
    </message>
    <message>
        <source>No pod can be created in namespaces with katib.kubeflow.org/metrics-collector-injection, and no Experiment anywhere.</source>
        <translation>有 katib.kubeflow.org/metrics-collector-injection 的命名空間無法建立 Pod，任何地方都無法建立 Experiment。</translation>
    </message>
    <message>
        <source>It keeps no state of its own.</source>
        <translation>它本身不保存狀態。</translation>
    </message>
    <message>
        <source>Trials cannot report their metrics.</source>
        <translation>試驗無法回報指標。</translation>
    </message>
    <message>
        <source>It elects a leader; every replica answers the webhook.</source>
        <translation>它會選領導者；每個複本都回應 webhook。</translation>
    </message>
    <message>
        <source>Leader election is off: give it --leader-elect and a Role for leases before scaling.</source>
        <translation>未啟用領導者選舉：擴充前請加上 --leader-elect 與租約的 Role。</translation>
    </message>
    <message>
        <source>No v1 training job can be created or changed.</source>
        <translation>無法建立或變更 v1 訓練工作。</translation>
    </message>
    <message>
        <source>No job can be created in namespaces that Kueue manages.</source>
        <translation>Kueue 管理的命名空間無法建立工作。</translation>
    </message>
    <message>
        <source>It elects a leader.</source>
        <translation>它會選領導者。</translation>
    </message>
    <message>
        <source>Leader election is off: give it --enable-leader-election and a Role for leases before scaling.</source>
        <translation>未啟用領導者選舉：擴充前請加上 --enable-leader-election 與租約的 Role。</translation>
    </message>
    <message>
        <source>Leader election is off: give it --leader-elect before scaling.</source>
        <translation>未啟用領導者選舉：擴充前請加上 --leader-elect。</translation>
    </message>
    <message>
        <source>Volume viewers are neither started nor stopped.</source>
        <translation>不會啟動或停止磁碟區檢視器。</translation>
    </message>
    <message>
        <source>No PVCViewer can be created or changed.</source>
        <translation>無法建立或變更 PVCViewer。</translation>
    </message>
    <message>
        <source>In 26.03 leader election is off: give it --leader-elect before scaling. Later releases pass it.</source>
        <translation>26.03 未啟用領導者選舉：擴充前請加上 --leader-elect。之後的版本已預設加上。</translation>
    </message>
    <message>
        <source>New profiles get no namespace, and nobody can be added to one.</source>
        <translation>新的 Profile 得不到命名空間，也無法加入成員。</translation>
    </message>
    <message>
        <source>It keeps no session.</source>
        <translation>它不保存工作階段。</translation>
    </message>
    <message>
        <source>No pod is created in any profile: notebooks, steps and jobs all wait.</source>
        <translation>所有 Profile 都不會建立 Pod：筆記本、步驟與工作全都等待。</translation>
    </message>
    <message>
        <source>No InferenceService, runtime or predictor pod can be created.</source>
        <translation>無法建立 InferenceService、runtime 或預測 Pod。</translation>
    </message>
    <message>
        <source>No LLMInferenceService can be created or changed.</source>
        <translation>無法建立或變更 LLMInferenceService。</translation>
    </message>
    <message>
        <source>Models are not copied to nodes ahead of time.</source>
        <translation>模型不會預先複製到節點。</translation>
    </message>
    <message>
        <source>SparkApplications cannot be created.</source>
        <translation>無法建立 SparkApplication。</translation>
    </message>
    <message>
        <source>It keeps no state of its own; each replica migrates the schema when it starts.</source>
        <translation>它本身不保存狀態；每個複本啟動時都會遷移資料庫結構。</translation>
    </message>
    <message>
        <source>Models can be neither registered nor looked up.</source>
        <translation>無法註冊也無法查詢模型。</translation>
    </message>
    <message>
        <source>Models can be neither registered nor looked up; what was not saved is lost with the volume.</source>
        <translation>無法註冊也無法查詢模型；未保存的會隨磁碟區遺失。</translation>
    </message>
    <message>
        <source>No pod can be created in kubeflow, kubeflow-system, knative-serving and profiles.</source>
        <translation>kubeflow、kubeflow-system、knative-serving 與 Profile 中無法建立 Pod。</translation>
    </message>
    <message>
        <source>Models cannot be reached from inside the cluster.</source>
        <translation>叢集內部無法連到模型。</translation>
    </message>
    <message>
        <source>It elects a leader for each bucket.</source>
        <translation>它為每個分桶選領導者。</translation>
    </message>
    <message>
        <source>Models are no longer scaled, neither up nor from zero.</source>
        <translation>模型不再擴充，也不會從零啟動。</translation>
    </message>
    <message>
        <source>It elects a leader for each reconciler.</source>
        <translation>它為每個調節器選領導者。</translation>
    </message>
    <message>
        <source>Knative Services cannot be created or changed.</source>
        <translation>無法建立或變更 Knative Service。</translation>
    </message>
    <message>
        <source>New certificates do not reach the webhooks that need them.</source>
        <translation>新憑證到不了需要它的 webhook。</translation>
    </message>
    <message>
        <source>Certificates cannot be requested, so webhooks of KServe, Katib and Pipelines cannot be installed or renewed.</source>
        <translation>無法申請憑證，因此 KServe、Katib 與 Pipelines 的 webhook 無法安裝或更新。</translation>
    </message>
    <message>
        <source>Sessions are in cookies that every replica can read.</source>
        <translation>工作階段存在每個複本都能讀的 cookie 中。</translation>
    </message>
    <message>
        <source>Pipelines can be neither started nor viewed.</source>
        <translation>無法啟動也無法查看 Pipelines。</translation>
    </message>
    <message>
        <source>The Pipelines pages do not open; runs continue.</source>
        <translation>Pipelines 的頁面打不開；執行中的繼續。</translation>
    </message>
    <message>
        <source>Visualizations of pipeline results are not rendered; runs continue.</source>
        <translation>不會繪製 Pipelines 結果的圖表；執行中的繼續。</translation>
    </message>
    <message>
        <source>Runs continue, but Pipelines no longer sees their status.</source>
        <translation>執行繼續，但 Pipelines 不再得知其狀況。</translation>
    </message>
    <message>
        <source>Pipeline steps cannot record or look up metadata, so runs fail.</source>
        <translation>Pipelines 的步驟無法記錄或查詢中繼資料，因此執行會失敗。</translation>
    </message>
    <message>
        <source>The artifact and execution pages stay empty.</source>
        <translation>成品與執行的頁面是空的。</translation>
    </message>
    <message>
        <source>It keeps no state of its own; its webhook&apos;s failures are ignored.</source>
        <translation>它本身不保存狀態；webhook 失敗時會被略過。</translation>
    </message>
    <message>
        <source>Steps of v1 pipelines run again instead of being taken from the cache.</source>
        <translation>v1 Pipelines 的步驟會重新執行，而不從快取取用。</translation>
    </message>
    <message>
        <source>Pods are still created: the webhook&apos;s failures are ignored.</source>
        <translation>仍會建立 Pod：webhook 的失敗會被略過。</translation>
    </message>
    <message>
        <source>It only answers calls from metacontroller.</source>
        <translation>它只回應 metacontroller 的呼叫。</translation>
    </message>
    <message>
        <source>New profiles get no pipeline services, and changes to existing ones are not reconciled.</source>
        <translation>新的 Profile 得不到 Pipelines 服務，既有的變更也不會調節。</translation>
    </message>
    <message>
        <source>It elects a leader; a second replica stands by.</source>
        <translation>它會選領導者；第二個複本待命。</translation>
    </message>
    <message>
        <source>No pipeline step is started; running pods continue.</source>
        <translation>不會啟動任何 Pipelines 步驟；執行中的 Pod 繼續。</translation>
    </message>
    <message>
        <source>Its data is on a PVC that one node mounts: replace it with a replicated database instead of scaling it.</source>
        <translation>資料在只能由一個節點掛載的 PVC 上：請改用有複寫的資料庫，而不是擴充它。</translation>
    </message>
    <message>
        <source>Its data is on a PVC that one node mounts: replace it with a replicated object store instead of scaling it.</source>
        <translation>資料在只能由一個節點掛載的 PVC 上：請改用有複寫的物件儲存，而不是擴充它。</translation>
    </message>
    <message>
        <source>Experiments stall; running trials continue.</source>
        <translation>實驗停滯；執行中的試驗繼續。</translation>
    </message>
    <message>
        <source>The Katib pages do not open; experiments continue.</source>
        <translation>Katib 的頁面打不開；實驗繼續。</translation>
    </message>
    <message>
        <source>Trial metrics can be neither stored nor read; what was not saved is lost with the volume.</source>
        <translation>試驗的指標無法儲存也無法讀取；未保存的會隨磁碟區遺失。</translation>
    </message>
    <message>
        <source>No TrainJob is started or marked finished; running pods continue.</source>
        <translation>不會啟動 TrainJob 也不會標記完成；執行中的 Pod 繼續。</translation>
    </message>
    <message>
        <source>No TrainJob or runtime can be created or changed.</source>
        <translation>無法建立或變更 TrainJob 與 runtime。</translation>
    </message>
    <message>
        <source>No JobSet is started, restarted or marked finished; running pods continue.</source>
        <translation>不會啟動、重啟 JobSet 也不會標記完成；執行中的 Pod 繼續。</translation>
    </message>
    <message>
        <source>No JobSet or pod of one can be created.</source>
        <translation>無法建立 JobSet 及其 Pod。</translation>
    </message>
    <message>
        <source>No PyTorchJob, TFJob or other v1 job is started, restarted or marked finished; running pods continue.</source>
        <translation>不會啟動、重啟 PyTorchJob、TFJob 或其他 v1 工作，也不會標記完成；執行中的 Pod 繼續。</translation>
    </message>
    <message>
        <source>Queued jobs are not admitted; admitted ones continue.</source>
        <translation>排隊的工作不會獲准；已獲准的繼續。</translation>
    </message>
    <message>
        <source>No Ray cluster is started, scaled or repaired; running ones continue.</source>
        <translation>不會啟動、擴縮或修復 Ray 叢集；執行中的繼續。</translation>
    </message>
    <message>
        <source>Notebooks are neither started nor stopped; running ones continue.</source>
        <translation>不會啟動或停止筆記本；執行中的繼續。</translation>
    </message>
    <message>
        <source>TensorBoards are neither started nor stopped; running ones continue.</source>
        <translation>不會啟動或停止 TensorBoard；執行中的繼續。</translation>
    </message>
    <message>
        <source>The notebooks page does not open; running notebooks continue.</source>
        <translation>筆記本頁面打不開；執行中的筆記本繼續。</translation>
    </message>
    <message>
        <source>The volumes page does not open.</source>
        <translation>磁碟區頁面打不開。</translation>
    </message>
    <message>
        <source>The TensorBoards page does not open.</source>
        <translation>TensorBoard 頁面打不開。</translation>
    </message>
    <message>
        <source>The Kubeflow dashboard does not open; jobs continue.</source>
        <translation>Kubeflow 儀表板打不開；工作繼續。</translation>
    </message>
    <message>
        <source>No pod can be created in profile namespaces.</source>
        <translation>Profile 的命名空間無法建立 Pod。</translation>
    </message>
    <message>
        <source>InferenceServices are neither rolled out nor changed; running ones keep serving.</source>
        <translation>InferenceService 不會部署也不會變更；執行中的繼續服務。</translation>
    </message>
    <message>
        <source>LLMInferenceServices are neither rolled out nor changed; running ones keep serving.</source>
        <translation>LLMInferenceService 不會部署也不會變更；執行中的繼續服務。</translation>
    </message>
    <message>
        <source>Leader election is off and it has no permission for leases: a second replica would fight the first.</source>
        <translation>未啟用領導者選舉且無權使用租約：第二個複本會與第一個相爭。</translation>
    </message>
    <message>
        <source>The model endpoints page does not open.</source>
        <translation>模型端點頁面打不開。</translation>
    </message>
    <message>
        <source>No SparkApplication is started or marked finished; running ones continue.</source>
        <translation>不會啟動 SparkApplication 也不會標記完成；執行中的繼續。</translation>
    </message>
    <message>
        <source>No SparkApplication or Spark pod can be created.</source>
        <translation>無法建立 SparkApplication 與 Spark Pod。</translation>
    </message>
    <message>
        <source>The model registry page does not open.</source>
        <translation>模型註冊頁面打不開。</translation>
    </message>
    <message>
        <source>It elects a leader through a lock in its database, so there is no Lease to observe.</source>
        <translation>它以資料庫中的鎖選領導者，因此沒有租約可觀測。</translation>
    </message>
    <message>
        <source>The model catalog does not open.</source>
        <translation>模型目錄打不開。</translation>
    </message>
    <message>
        <source>Its autoscaler owns the replicas: raise the autoscaler&apos;s minReplicas, not the Deployment&apos;s replicas.</source>
        <translation>複本數由自動擴縮管理：請提高自動擴縮的 minReplicas，而不是 Deployment 的 replicas。</translation>
    </message>
    <message>
        <source>Existing traffic keeps flowing, but no new sidecar starts and no route changes.</source>
        <translation>既有流量繼續，但不會啟動新的 sidecar，路由也不會變更。</translation>
    </message>
    <message>
        <source>Kubeflow cannot be reached from outside, neither its pages nor its models.</source>
        <translation>外部無法連到 Kubeflow，頁面與模型皆然。</translation>
    </message>
    <message>
        <source>Models scaled to zero do not start.</source>
        <translation>縮減為零的模型不會啟動。</translation>
    </message>
    <message>
        <source>Knative Services are neither rolled out nor changed; running ones keep serving.</source>
        <translation>Knative Service 不會部署也不會變更；執行中的繼續服務。</translation>
    </message>
    <message>
        <source>No Knative Service or Knative ConfigMap can be created or changed.</source>
        <translation>無法建立或變更 Knative Service 及其 ConfigMap。</translation>
    </message>
    <message>
        <source>Routes of Knative Services are not changed; existing ones keep working.</source>
        <translation>Knative Service 的路由不會變更；既有的繼續運作。</translation>
    </message>
    <message>
        <source>Knative networking settings cannot be changed.</source>
        <translation>無法變更 Knative 的網路設定。</translation>
    </message>
    <message>
        <source>No Knative networking ConfigMap can be changed.</source>
        <translation>無法變更 Knative 網路的 ConfigMap。</translation>
    </message>
    <message>
        <source>Certificates are not renewed; webhooks fail once their certificates expire.</source>
        <translation>憑證不會更新；webhook 的憑證到期後就會失敗。</translation>
    </message>
    <message>
        <source>No Certificate or Issuer can be created or changed.</source>
        <translation>無法建立或變更 Certificate 與 Issuer。</translation>
    </message>
    <message>
        <source>Its state is in the cluster; sessions are not tied to a replica.</source>
        <translation>狀態存於叢集；工作階段不依賴特定複本。</translation>
    </message>
    <message>
        <source>Nobody can sign in; users already signed in stay signed in.</source>
        <translation>無人能登入；已登入者不受影響。</translation>
    </message>
    <message>
        <source>Nobody can reach Kubeflow&apos;s pages: every request is checked here.</source>
        <translation>無人能連到 Kubeflow 的頁面：每個請求都在此檢查。</translation>
    </message>
</context>
<context>
    <name>cairn::dialogs::BulkDialog</name>
    <message>
        <source>Jobs</source>
        <translation>工作</translation>
    </message>
    <message>
        <source>Number of jobs to delete</source>
        <translation>要刪除的工作數量</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>重新檢查</translation>
    </message>
    <message numerus="yes">
        <source>Suspend %n job(s)?</source>
        <translation>
            <numerusform>暫停 %n 個工作？</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Unsuspend %n job(s)?</source>
        <translation>
            <numerusform>解除暫停 %n 個工作？</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %n job(s)?</source>
        <translation>
            <numerusform>刪除 %n 個工作？</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Suspending %n job(s)</source>
        <translation>
            <numerusform>正在暫停 %n 個工作</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Unsuspending %n job(s)</source>
        <translation>
            <numerusform>正在解除暫停 %n 個工作</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Deleting %n job(s)</source>
        <translation>
            <numerusform>正在刪除 %n 個工作</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) suspended</source>
        <translation>
            <numerusform>已暫停 %n 個工作</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) deleted</source>
        <translation>
            <numerusform>已刪除 %n 個工作</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing to do</source>
        <translation>無事可做</translation>
    </message>
    <message>
        <source>Nothing to do.</source>
        <translation>無事可做。</translation>
    </message>
    <message>
        <source>Suspend %1</source>
        <translation>暫停 %1</translation>
    </message>
    <message>
        <source>Unsuspend %1</source>
        <translation>解除暫停 %1</translation>
    </message>
    <message>
        <source>Delete %1</source>
        <translation>刪除 %1</translation>
    </message>
    <message>
        <source>Leave as they are</source>
        <translation>保持原狀</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) unsuspended</source>
        <translation>
            <numerusform>已解除暫停 %n 個工作</numerusform>
        </translation>
    </message>
    <message>
        <source>Their pods are deleted and their GPUs become free for others. Unsuspending starts them again, each from the point its script chooses.</source>
        <translation>它們的 Pod 會被刪除，GPU 釋出給其他人。解除暫停會再次啟動它們，各自從其指令碼決定之處開始。</translation>
    </message>
    <message>
        <source>They run again, each from the point its script chooses: from its newest checkpoint only if the script looks for one. To choose the checkpoint, resume a job instead.</source>
        <translation>它們會再次執行，各自從其指令碼決定之處開始：只有指令碼會尋找時才從最新的檢查點開始。要選擇檢查點，請改用接續。</translation>
    </message>
    <message>
        <source>Their pods, logs and events are deleted with them. This cannot be undone; save their YAML first so that you can recreate them.</source>
        <translation>它們的 Pod、記錄與事件會一併刪除。此動作無法復原；請先儲存 YAML，以便重新建立。</translation>
    </message>
    <message>
        <source>%1 of %2 are done. You can close this; the rest continues.</source>
        <translation>已完成 %1 / %2。您可以關閉此視窗，其餘會繼續。</translation>
    </message>
    <message numerus="yes">
        <source>%n failed; each row says why.</source>
        <translation>
            <numerusform>%n 個失敗；各列說明原因。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stopped before they started.</source>
        <translation>
            <numerusform>%n 個在開始前已停止。</numerusform>
        </translation>
    </message>
    <message>
        <source>None of these jobs can be changed; each row says why.</source>
        <translation>這些工作都無法變更；各列說明原因。</translation>
    </message>
    <message numerus="yes">
        <source>%n of the selected jobs are skipped; their rows say why.</source>
        <translation>
            <numerusform>選取的工作中有 %n 個被略過；各列說明原因。</numerusform>
        </translation>
    </message>
    <message>
        <source>Unsaved work</source>
        <translation>未儲存的工作量</translation>
    </message>
    <message>
        <source>Kept</source>
        <translation>保留</translation>
    </message>
    <message numerus="yes">
        <source>I understand what %n running job(s) would lose</source>
        <translation>
            <numerusform>我了解 %n 個執行中的工作會損失什麼</numerusform>
        </translation>
    </message>
    <message>
        <source>Type %1 to confirm</source>
        <comment>a number</comment>
        <translation>輸入 %1 以確認</translation>
    </message>
    <message>
        <source>Checking the jobs: %1 of %2</source>
        <translation>正在檢查工作：%1 / %2</translation>
    </message>
    <message>
        <source>Tick the box to confirm the loss.</source>
        <translation>請勾選方塊以確認損失。</translation>
    </message>
    <message>
        <source>Enter the number of jobs to confirm.</source>
        <translation>請輸入工作數量以確認。</translation>
    </message>
    <message>
        <source>Keep them</source>
        <translation>全部保留</translation>
    </message>
</context>
<context>
    <name>cairn::dialogs::ChangeDialog</name>
    <message>
        <source>Logs</source>
        <translation>記錄</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>復原</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>關閉</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步驟</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在開始…</translation>
    </message>
    <message>
        <source>Continue in background</source>
        <translation>在背景繼續</translation>
    </message>
</context>
<context>
    <name>cairn::dialogs::ExecConsentDialog</name>
    <message>
        <source>Allow %1 to run?</source>
        <translation>允許執行 %1？</translation>
    </message>
    <message>
        <source>What runs</source>
        <translation>執行內容</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程式</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>環境變數</translation>
    </message>
    <message>
        <source>Allow this program</source>
        <translation>允許此程式</translation>
    </message>
    <message>
        <source>The context **%1** signs in with a program on this computer. It runs with your permissions each time a new credential is needed.</source>
        <translation>情境 **%1** 以這台電腦上的程式登入。每次需要新的認證資料時，它都會以您的權限執行。</translation>
    </message>
    <message>
        <source>Files passed to it</source>
        <translation>傳給它的檔案</translation>
    </message>
    <message>
        <source>Requested by</source>
        <translation>要求者</translation>
    </message>
    <message>
        <source>Show masked values</source>
        <translation>顯示遮住的值</translation>
    </message>
    <message>
        <source>**This program runs whatever its arguments say** and may load files that they do not name. Allow it only if you know what the command does.</source>
        <translation>**此程式會執行其引數所指示的任何內容**，也可能載入引數未指名的檔案。只有在您知道此命令的作用時才允許。</translation>
    </message>
    <message>
        <source>The consent covers exactly this program, its arguments and environment, the files named there, and this kubeconfig. If any of them changes, Cairn asks again.</source>
        <translation>此同意只適用於這個程式、其引數與環境、其中指名的檔案，以及這個 kubeconfig。任何一項改變，Cairn 就會再次詢問。</translation>
    </message>
    <message>
        <source>Don&apos;t allow</source>
        <translation>不允許</translation>
    </message>
</context>
<context>
    <name>cairn::dialogs::KeysDialog</name>
    <message>
        <source>%1: %2</source>
        <comment>key, what it does</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>關閉</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>鍵盤快捷鍵</translation>
    </message>
</context>
<context>
    <name>cairn::dialogs::LeaveDialog</name>
    <message>
        <source>Changes under way</source>
        <translation>進行中的變更</translation>
    </message>
    <message>
        <source>If left for later, a job stays as it is now, possibly suspended. Every Cairn then lists it first on the Overview, with Finish and Roll back.</source>
        <translation>若留待稍後，工作會維持現狀，可能仍在暫停中。之後每個 Cairn 都會在總覽的最前面列出它，並提供「完成」與「復原」。</translation>
    </message>
    <message>
        <source>Keep the window open</source>
        <translation>保持視窗開啟</translation>
    </message>
    <message>
        <source>Leave for later</source>
        <translation>留待以後</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>復原</translation>
    </message>
    <message>
        <source>Stay until done</source>
        <translation>等到完成</translation>
    </message>
    <message numerus="yes">
        <source>%n change(s) under way</source>
        <translation>
            <numerusform>%n 項變更進行中</numerusform>
        </translation>
    </message>
    <message>
        <source>Closing Cairn now would leave a change half done on the cluster.</source>
        <translation>現在關閉 Cairn，叢集上的變更會只完成一半。</translation>
    </message>
    <message>
        <source>Closing when finished</source>
        <translation>完成後關閉</translation>
    </message>
    <message>
        <source>Cairn closes as soon as this is done.</source>
        <translation>一完成，Cairn 就會自動關閉。</translation>
    </message>
    <message>
        <source>Rolling back</source>
        <translation>正在復原</translation>
    </message>
    <message>
        <source>Cairn closes as soon as everything is rolled back.</source>
        <translation>一切復原後，Cairn 就會自動關閉。</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>Cairn closes in a moment.</source>
        <translation>Cairn 稍後會自動關閉。</translation>
    </message>
    <message>
        <source>Stop here</source>
        <translation>在此停止</translation>
    </message>
</context>
<context>
    <name>cairn::dialogs::Palette</name>
    <message>
        <source>choose</source>
        <translation>選擇</translation>
    </message>
    <message>
        <source>go</source>
        <translation>前往</translation>
    </message>
    <message>
        <source>in a new window</source>
        <translation>在新視窗</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>found, in all</comment>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Go to a page, job or context, or run a command</source>
        <translation>前往頁面、工作、情境，或執行命令</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>命令面板</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>結果</translation>
    </message>
    <message>
        <source>commands only</source>
        <translation>只列命令</translation>
    </message>
    <message>
        <source>Nothing matches “%1”.</source>
        <translation>沒有符合「%1」的項目。</translation>
    </message>
</context>
<context>
    <name>cairn::dialogs::ProgramsDialog</name>
    <message>
        <source>Close</source>
        <translation>關閉</translation>
    </message>
    <message>
        <source>from %1</source>
        <comment>kubeconfig file</comment>
        <translation>來自 %1</translation>
    </message>
    <message>
        <source>%1, allowed %2</source>
        <comment>origin, time</comment>
        <translation>%1，%2允許</translation>
    </message>
    <message>
        <source>Programs allowed to run for sign-in</source>
        <translation>獲准為登入執行的程式</translation>
    </message>
    <message>
        <source>No program is allowed yet. Cairn asks before each program&apos;s first run.</source>
        <translation>目前未允許任何程式。每個程式首次執行前，Cairn 都會詢問。</translation>
    </message>
    <message>
        <source>Revoke</source>
        <translation>撤銷</translation>
    </message>
    <message>
        <source>Revoke the consent for %1</source>
        <translation>撤銷對 %1 的同意</translation>
    </message>
</context>
<context>
    <name>cairn::dialogs::ResumeDialog</name>
    <message>
        <source>Resume</source>
        <translation>接續</translation>
    </message>
    <message>
        <source>This job, in place</source>
        <translation>此工作（就地）</translation>
    </message>
    <message>
        <source>A new job</source>
        <translation>新工作</translation>
    </message>
    <message>
        <source>New job</source>
        <translation>新工作</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>變更…</translation>
    </message>
    <message>
        <source>Saves to</source>
        <translation>儲存至</translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation>重啟</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>檢查</translation>
    </message>
    <message>
        <source>What changes</source>
        <translation>變更內容</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>檢查點</translation>
    </message>
    <message>
        <source>Save YAML…</source>
        <translation>儲存 YAML…</translation>
    </message>
    <message>
        <source>**How does the training script take the checkpoint?** Asked once; the answer is kept on the job.</source>
        <translation>**訓練指令碼如何接收檢查點？** 只問一次；答案會保存在工作上。</translation>
    </message>
    <message>
        <source>An environment variable</source>
        <translation>環境變數</translation>
    </message>
    <message>
        <source>An argument</source>
        <translation>引數</translation>
    </message>
    <message>
        <source>It looks for its newest checkpoint by itself</source>
        <translation>自行尋找最新的檢查點</translation>
    </message>
    <message>
        <source>Variable for the checkpoint</source>
        <translation>檢查點的變數</translation>
    </message>
    <message>
        <source>Variable for the new save folder</source>
        <translation>新儲存資料夾的變數</translation>
    </message>
    <message>
        <source>Arguments for the checkpoint</source>
        <translation>檢查點的引數</translation>
    </message>
    <message>
        <source>Arguments for the new save folder</source>
        <translation>新儲存資料夾的引數</translation>
    </message>
    <message>
        <source>Use this</source>
        <translation>使用此設定</translation>
    </message>
    <message>
        <source>Resume %1 from step %2</source>
        <translation>從第 %2 步接續 %1</translation>
    </message>
    <message>
        <source>Resume %1 from %2</source>
        <comment>job, checkpoint</comment>
        <translation>從 %2 接續 %1</translation>
    </message>
    <message>
        <source>A new job starts from this checkpoint. The old job and all its checkpoints stay as they are.</source>
        <translation>新工作從此檢查點開始。舊工作及其所有檢查點維持不變。</translation>
    </message>
    <message>
        <source>The job starts again from this checkpoint. All its checkpoints stay as they are.</source>
        <translation>工作從此檢查點重新啟動。所有檢查點維持不變。</translation>
    </message>
    <message>
        <source>`%1` · %2 · %3</source>
        <comment>path, size, trust</comment>
        <translation>`%1` · %2 · %3</translation>
    </message>
    <message>
        <source>`%1`, a fresh folder</source>
        <comment>path</comment>
        <translation>`%1`，全新的資料夾</translation>
    </message>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation>
            <numerusform>%n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>The checkpoint is not verified.</source>
        <translation>檢查點未經驗證。</translation>
    </message>
    <message>
        <source>Checks are running…</source>
        <translation>正在檢查…</translation>
    </message>
    <message>
        <source>Put {path}, {dir} or {step} where the checkpoint goes, for example --resume={path}.</source>
        <translation>請在檢查點的位置放入 {path}、{dir} 或 {step}，例如 --resume={path}。</translation>
    </message>
    <message>
        <source>Put {save} where the new folder goes, for example --output={save}.</source>
        <translation>請在新資料夾的位置放入 {save}，例如 --output={save}。</translation>
    </message>
    <message>
        <source>Stop following</source>
        <translation>停止跟隨</translation>
    </message>
    <message>
        <source>What to resume</source>
        <translation>接續對象</translation>
    </message>
    <message>
        <source>Resume from it although it was never verified</source>
        <translation>即使從未驗證，仍從它接續</translation>
    </message>
    <message>
        <source>Change how it is passed to the script</source>
        <translation>變更傳給指令碼的方式</translation>
    </message>
    <message>
        <source>Work to redo</source>
        <translation>須重新計算</translation>
    </message>
    <message>
        <source>Wrap the command, so that restarts continue from the newest checkpoint</source>
        <translation>在命令前加上小型包裝程式，讓重啟從最新的檢查點繼續</translation>
    </message>
    <message>
        <source>Blocking problems</source>
        <translation>阻擋的問題</translation>
    </message>
    <message>
        <source>Before you resume</source>
        <translation>接續前須知</translation>
    </message>
    <message>
        <source>Passed to the script as</source>
        <translation>傳給指令碼的方式</translation>
    </message>
    <message>
        <source>for the new save folder, optional</source>
        <translation>用於新的儲存資料夾，可留空</translation>
    </message>
    <message>
        <source>--output={save}, optional</source>
        <translation>--output={save}，可留空</translation>
    </message>
    <message>
        <source>The job is suspended, its pods terminate, then it starts again from this checkpoint. All its checkpoints stay as they are.</source>
        <translation>先暫停工作、等其 Pod 終止，再從此檢查點重新啟動。所有檢查點維持不變。</translation>
    </message>
    <message>
        <source>Not known yet: say below how the path is passed to the script.</source>
        <translation>尚不清楚：請在下方說明如何把路徑傳給指令碼。</translation>
    </message>
    <message>
        <source>Changes compared with %1</source>
        <translation>與 %1 相比的變更</translation>
    </message>
    <message>
        <source>Say how the path is passed to the script.</source>
        <translation>請說明如何把路徑傳給指令碼。</translation>
    </message>
    <message numerus="yes">
        <source>%n problem(s) block(s) the resume.</source>
        <translation>
            <numerusform>有 %n 個問題阻擋接續。</numerusform>
        </translation>
    </message>
    <message>
        <source>The checks have not passed yet.</source>
        <translation>檢查尚未通過。</translation>
    </message>
    <message>
        <source>A variable name consists of letters, digits and underscores and does not begin with a digit.</source>
        <translation>變數名稱由字母、數字與底線組成，且不以數字開頭。</translation>
    </message>
</context>
<context>
    <name>cairn::editors::CodeEditor</name>
    <message numerus="yes">
        <source> … %n more character(s)</source>
        <comment>at the end of a line that is cut off</comment>
        <translation>
            <numerusform> … 還有 %n 個字元</numerusform>
        </translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>復原</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>剪下</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>複製</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>貼上</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全選</translation>
    </message>
    <message>
        <source>Search…</source>
        <translation>搜尋…</translation>
    </message>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation>
            <numerusform>%n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜尋</translation>
    </message>
    <message>
        <source>Previous match (Shift N)</source>
        <translation>上一個符合項目 (Shift N)</translation>
    </message>
    <message>
        <source>Next match (N)</source>
        <translation>下一個符合項目 (N)</translation>
    </message>
    <message>
        <source>Close the search (Esc)</source>
        <translation>關閉搜尋 (Esc)</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>number of a hit, how many</comment>
        <translation>%1/%2</translation>
    </message>
    <message>
        <source>none</source>
        <translation>無</translation>
    </message>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%n 個符合項目</numerusform>
        </translation>
    </message>
    <message>
        <source>Line %1: %2</source>
        <comment>a problem</comment>
        <translation>第 %1 行：%2</translation>
    </message>
</context>
<context>
    <name>cairn::editors::CodeFoot</name>
    <message>
        <source>Problem %1 of %2, line %3: %4</source>
        <translation>問題 %1/%2，第 %3 行：%4</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>number of a problem, how many</comment>
        <translation>%1/%2</translation>
    </message>
    <message>
        <source>Ln %1, Col %2</source>
        <comment>line and column of the cursor</comment>
        <translation>第 %1 行，第 %2 欄</translation>
    </message>
</context>
<context>
    <name>cairn::editors::CompletionList</name>
    <message>
        <source>Completions</source>
        <translation>自動完成建議</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>a word and what it means</comment>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>cairn::editors::DiffView</name>
    <message>
        <source>What changes</source>
        <translation>變更內容</translation>
    </message>
    <message>
        <source>%1 added, %2 removed</source>
        <comment>lines</comment>
        <translation>新增 %1，移除 %2</translation>
    </message>
    <message numerus="yes">
        <source>%n unchanged line(s)</source>
        <translation>
            <numerusform>%n 行未變更</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::forms::ChoiceField</name>
    <message>
        <source>Choose…</source>
        <translation>選擇…</translation>
    </message>
</context>
<context>
    <name>cairn::forms::DurationField</name>
    <message>
        <source>Enter a duration, such as 90 s, 15 min or 1 h 30 min.</source>
        <translation>請輸入時間長度，例如 90 s、15 min 或 1 h 30 min。</translation>
    </message>
    <message>
        <source>From %1 to %2.</source>
        <translation>介於 %1 與 %2 之間。</translation>
    </message>
</context>
<context>
    <name>cairn::forms::KeyValueField</name>
    <message>
        <source>Name</source>
        <translation>名稱</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>A value has no name.</source>
        <translation>有值沒有名稱。</translation>
    </message>
    <message>
        <source>%1 is listed twice.</source>
        <translation>%1 重複出現。</translation>
    </message>
</context>
<context>
    <name>cairn::forms::LiveSplit</name>
    <message>
        <source>Width of the form; arrow keys move the bar</source>
        <translation>表單寬度；可用方向鍵移動分隔線</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>顯示</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>表單</translation>
    </message>
</context>
<context>
    <name>cairn::forms::NumberField</name>
    <message>
        <source>%1, in %2</source>
        <comment>field, unit</comment>
        <translation>%1，單位為 %2</translation>
    </message>
    <message>
        <source>Decrease</source>
        <translation>減少</translation>
    </message>
    <message>
        <source>Increase</source>
        <translation>增加</translation>
    </message>
    <message>
        <source>Enter a number.</source>
        <translation>請輸入數字。</translation>
    </message>
    <message>
        <source>At least %1.</source>
        <translation>至少 %1。</translation>
    </message>
    <message>
        <source>At most %1.</source>
        <translation>最多 %1。</translation>
    </message>
    <message>
        <source>Enter a whole number.</source>
        <translation>請輸入整數。</translation>
    </message>
    <message numerus="yes">
        <source>At most %n decimal digit(s).</source>
        <translation>
            <numerusform>小數最多 %n 位。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::forms::OptionPopup</name>
    <message>
        <source>Search</source>
        <translation>搜尋</translation>
    </message>
    <message>
        <source>Search in %1</source>
        <comment>name of a field</comment>
        <translation>在 %1 中搜尋</translation>
    </message>
</context>
<context>
    <name>cairn::forms::PathField</name>
    <message>
        <source>Browse…</source>
        <translation>瀏覽…</translation>
    </message>
    <message>
        <source>Browse for %1</source>
        <translation>瀏覽以選擇 %1</translation>
    </message>
    <message>
        <source>Enter the full path, starting with / or ~.</source>
        <translation>請輸入以 / 或 ~ 開頭的完整路徑。</translation>
    </message>
</context>
<context>
    <name>cairn::forms::QuantityField</name>
    <message>
        <source>%1, in %2</source>
        <comment>field, unit</comment>
        <translation>%1，單位為 %2</translation>
    </message>
    <message>
        <source>Enter a quantity, such as 8 or 500m.</source>
        <translation>請輸入數量，例如 8 或 500m。</translation>
    </message>
    <message>
        <source>Enter a quantity, such as 64 or 64Gi.</source>
        <translation>請輸入數量，例如 64 或 64Gi。</translation>
    </message>
    <message>
        <source>At least %1.</source>
        <translation>至少 %1。</translation>
    </message>
    <message>
        <source>At most %1.</source>
        <translation>最多 %1。</translation>
    </message>
</context>
<context>
    <name>cairn::forms::RowsField</name>
    <message>
        <source>%1, %2</source>
        <comment>button, field it belongs to</comment>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>field, number of a row</comment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>%1, name</source>
        <comment>a row</comment>
        <translation>%1，名稱</translation>
    </message>
    <message>
        <source>%1, value</source>
        <comment>a row</comment>
        <translation>%1，值</translation>
    </message>
    <message>
        <source>Remove %1</source>
        <comment>a row</comment>
        <translation>移除 %1</translation>
    </message>
</context>
<context>
    <name>cairn::forms::SecretField</name>
    <message>
        <source>Hide</source>
        <translation>隱藏</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>顯示</translation>
    </message>
    <message>
        <source>Hide %1</source>
        <translation>隱藏 %1</translation>
    </message>
    <message>
        <source>Show %1</source>
        <translation>顯示 %1</translation>
    </message>
    <message>
        <source>unchanged</source>
        <translation>未變更</translation>
    </message>
</context>
<context>
    <name>cairn::forms::StepItem</name>
    <message>
        <source>done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>needs a look</source>
        <translation>需要檢視</translation>
    </message>
    <message>
        <source>fails</source>
        <translation>有錯誤</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>尚未</translation>
    </message>
    <message>
        <source>Step %1 of %2: %3, %4</source>
        <comment>number, how many, title, state</comment>
        <translation>步驟 %1，共 %2 步：%3，%4</translation>
    </message>
    <message>
        <source>%1. %2</source>
        <comment>step, what was chosen</comment>
        <translation>%1。%2</translation>
    </message>
    <message>
        <source>Alt %1</source>
        <comment>key</comment>
        <translation>Alt %1</translation>
    </message>
</context>
<context>
    <name>cairn::items</name>
    <message>
        <source>%1 local, %2 UTC</source>
        <translation>當地 %1，UTC %2</translation>
    </message>
    <message>
        <source>torch zip</source>
        <translation>torch zip</translation>
    </message>
    <message>
        <source>DCP</source>
        <translation>DCP</translation>
    </message>
    <message>
        <source>HF Trainer</source>
        <translation>HF Trainer</translation>
    </message>
    <message>
        <source>safetensors</source>
        <translation>safetensors</translation>
    </message>
    <message>
        <source>Accelerate</source>
        <translation>Accelerate</translation>
    </message>
</context>
<context>
    <name>cairn::items::BucketTableModel</name>
    <message>
        <source>at least %1</source>
        <translation>至少 %1</translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <comment>jobs</comment>
        <translation>
            <numerusform>%1 等另外 %n 個</numerusform>
        </translation>
    </message>
    <message>
        <source>not read yet</source>
        <translation>尚未讀取</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n listing(s) · %2</source>
        <comment>number, when</comment>
        <translation>
            <numerusform>%n 份清單中的 %1 份 · %2</numerusform>
        </translation>
    </message>
    <message>
        <source>listing · %1</source>
        <comment>when</comment>
        <translation>清單 · %1</translation>
    </message>
    <message>
        <source>Bucket</source>
        <translation>儲存桶</translation>
    </message>
    <message>
        <source>In checkpoints</source>
        <translation>檢查點用量</translation>
    </message>
    <message>
        <source>How many</source>
        <translation>數量</translation>
    </message>
    <message>
        <source>Used by</source>
        <translation>使用者</translation>
    </message>
    <message>
        <source>Measured by</source>
        <translation>量測來源</translation>
    </message>
</context>
<context>
    <name>cairn::items::BulkTableModel</name>
    <message>
        <source>Ready</source>
        <translation>就緒</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Nothing to do</source>
        <translation>無事可做</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>略過</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Unchanged</source>
        <translation>未變更</translation>
    </message>
    <message>
        <source>Failed</source>
        <comment>the change of a job</comment>
        <translation>失敗</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>at most %1</source>
        <translation>最多 %1</translation>
    </message>
    <message>
        <source>at least %1</source>
        <translation>至少 %1</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <comment>kind, namespace</comment>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>檢查中…</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>工作</translation>
    </message>
    <message>
        <source>State before</source>
        <translation>先前狀態</translation>
    </message>
    <message>
        <source>What happens</source>
        <translation>會發生什麼</translation>
    </message>
    <message>
        <source>In progress</source>
        <translation>進行中</translation>
    </message>
    <message>
        <source>Its checkpoints were not read: unsaved work is counted from its start.</source>
        <translation>未讀取其檢查點：未儲存的工作量從其開始計算。</translation>
    </message>
    <message>
        <source>The list of its checkpoints is incomplete: there may be a newer one.</source>
        <translation>其檢查點清單不完整：可能有更新的檢查點。</translation>
    </message>
    <message>
        <source>Unsaved work</source>
        <translation>未儲存的工作量</translation>
    </message>
</context>
<context>
    <name>cairn::items::CheckpointTableModel</name>
    <message>
        <source>%1 · %2 of %3 files</source>
        <translation>%1 · %3 個檔案中有 %2 個</translation>
    </message>
    <message numerus="yes">
        <source>%1 · %n file(s)</source>
        <translation>
            <numerusform>%1 · %n 個檔案</numerusform>
        </translation>
    </message>
    <message>
        <source>Resume from here…</source>
        <translation>從這裡接續…</translation>
    </message>
    <message>
        <source>A damaged checkpoint cannot be resumed. %1</source>
        <translation>損壞的檢查點無法接續。%1</translation>
    </message>
    <message>
        <source>This checkpoint is still being written.</source>
        <translation>此檢查點仍在寫入。</translation>
    </message>
    <message numerus="yes">
        <source>%1 bytes in %n file(s)</source>
        <translation>
            <numerusform>%n 個檔案，共 %1 位元組</numerusform>
        </translation>
    </message>
    <message>
        <source>Checkpoint %1, %2, %3</source>
        <comment>step, trust, age</comment>
        <translation>檢查點 %1，%2，%3</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>column, value</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>Epoch</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>儲存時間</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>State</source>
        <translation>狀態</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>損失值</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>attempt %1</source>
        <translation>第 %1 次</translation>
    </message>
</context>
<context>
    <name>cairn::items::ClaimTableModel</name>
    <message>
        <source>%1 of %2</source>
        <comment>used, capacity</comment>
        <translation>%1/%2</translation>
    </message>
    <message>
        <source>%1 d</source>
        <comment>days</comment>
        <translation>%1 天</translation>
    </message>
    <message>
        <source>+%1 a day</source>
        <translation>每天 +%1</translation>
    </message>
    <message>
        <source>no class</source>
        <translation>無類別</translation>
    </message>
    <message>
        <source>volume lost</source>
        <translation>磁碟區遺失</translation>
    </message>
    <message>
        <source>not bound</source>
        <translation>未繫結</translation>
    </message>
    <message>
        <source>%1 %</source>
        <comment>part used</comment>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>driver reports nothing</source>
        <translation>驅動程式不回報</translation>
    </message>
    <message>
        <source>raw block device</source>
        <translation>原始區塊裝置</translation>
    </message>
    <message>
        <source>not mounted</source>
        <translation>未掛載</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>未量測</translation>
    </message>
    <message>
        <source>measuring…</source>
        <translation>量測中…</translation>
    </message>
    <message>
        <source>%1 requested</source>
        <translation>申請 %1</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>以及另外 %n 個</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s)</source>
        <translation>
            <numerusform>%n 個 Pod</numerusform>
        </translation>
    </message>
    <message>
        <source>not running</source>
        <translation>未執行</translation>
    </message>
    <message>
        <source>for %1</source>
        <translation>已 %1</translation>
    </message>
    <message>
        <source>counted once</source>
        <translation>只計一次</translation>
    </message>
    <message>
        <source>whole file system</source>
        <translation>整個檔案系統</translation>
    </message>
    <message>
        <source>%1: %2, %3</source>
        <comment>column, value, second line</comment>
        <translation>%1：%2，%3</translation>
    </message>
    <message>
        <source>Class · access</source>
        <translation>類別 · 存取模式</translation>
    </message>
    <message>
        <source>Used</source>
        <translation>已用</translation>
    </message>
    <message>
        <source>Full in</source>
        <translation>用滿時間</translation>
    </message>
    <message>
        <source>Used by</source>
        <translation>使用者</translation>
    </message>
    <message>
        <source>Measured by</source>
        <translation>量測來源</translation>
    </message>
    <message>
        <source>unused</source>
        <translation>未使用</translation>
    </message>
    <message>
        <source>capacity %1</source>
        <translation>容量 %1</translation>
    </message>
    <message>
        <source>Between %1 and possibly never, based on the last 14 days.</source>
        <translation>介於 %1 與可能永不之間，依最近 14 天推估。</translation>
    </message>
    <message>
        <source>Between %1 and %2, based on the last 14 days.</source>
        <translation>介於 %1 與 %2 之間，依最近 14 天推估。</translation>
    </message>
    <message>
        <source>PVC</source>
        <translation>PVC</translation>
    </message>
</context>
<context>
    <name>cairn::items::ComponentTableModel</name>
    <message>
        <source>Not observable</source>
        <translation>無法觀察</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>停擺</translation>
    </message>
    <message>
        <source>Degraded</source>
        <translation>降級</translation>
    </message>
    <message>
        <source>Depends on another</source>
        <translation>依賴其他元件</translation>
    </message>
    <message>
        <source>Depends on %1</source>
        <translation>依賴 %1</translation>
    </message>
    <message numerus="yes">
        <source>%n on one node</source>
        <translation>
            <numerusform>%n 個在同一節點</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n node(s)</source>
        <translation>
            <numerusform>%n 個節點</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <comment>nodes, zones</comment>
        <translation>%1 · %2</translation>
    </message>
    <message numerus="yes">
        <source>%n zone(s)</source>
        <translation>
            <numerusform>%n 個區域</numerusform>
        </translation>
    </message>
    <message>
        <source>split brain</source>
        <translation>腦裂</translation>
    </message>
    <message>
        <source>stateless</source>
        <translation>無狀態</translation>
    </message>
    <message>
        <source>lease is stale</source>
        <translation>租約過期</translation>
    </message>
    <message>
        <source>clock is wrong</source>
        <translation>時鐘不準</translation>
    </message>
    <message>
        <source>no lease</source>
        <translation>沒有租約</translation>
    </message>
    <message>
        <source>election off</source>
        <translation>未啟用選舉</translation>
    </message>
    <message>
        <source>not readable</source>
        <translation>無法讀取</translation>
    </message>
    <message>
        <source>none</source>
        <translation>無</translation>
    </message>
    <message numerus="yes">
        <source>%1: %n disruption(s) allowed now</source>
        <translation>
            <numerusform>%1：目前允許 %n 次中斷</numerusform>
        </translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>column, value</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Component</source>
        <translation>元件</translation>
    </message>
    <message>
        <source>Replicas</source>
        <translation>複本</translation>
    </message>
    <message>
        <source>Spread</source>
        <translation>分布</translation>
    </message>
    <message>
        <source>Leader</source>
        <translation>領導者</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>Single point of failure</source>
        <translation>單點失效</translation>
    </message>
    <message>
        <source>All on one node</source>
        <translation>全在單一節點</translation>
    </message>
    <message>
        <source>Tolerates node failure</source>
        <translation>可承受節點失效</translation>
    </message>
    <message>
        <source>Tolerates zone failure</source>
        <translation>可承受區域失效</translation>
    </message>
    <message>
        <source>minAvailable %1</source>
        <comment>of a disruption budget</comment>
        <translation>minAvailable %1</translation>
    </message>
    <message>
        <source>maxUnavailable %1</source>
        <comment>of a disruption budget</comment>
        <translation>maxUnavailable %1</translation>
    </message>
    <message>
        <source>PDB</source>
        <translation>PDB</translation>
    </message>
    <message>
        <source>State in</source>
        <translation>狀態存於</translation>
    </message>
</context>
<context>
    <name>cairn::items::ContextTableModel</name>
    <message>
        <source>not verified · %1</source>
        <translation>未驗證 · %1</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>context or state, and its detail</comment>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>%1 Why: %2 Fix: %3</source>
        <translation>%1 原因：%2 解法：%3</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>已連線</translation>
    </message>
    <message>
        <source>current</source>
        <translation>目前</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>情境</translation>
    </message>
    <message>
        <source>Sign-in</source>
        <translation>登入</translation>
    </message>
    <message>
        <source>State</source>
        <translation>狀態</translation>
    </message>
    <message>
        <source>not verified · name used twice · %1</source>
        <translation>未驗證 · 名稱重複 · %1</translation>
    </message>
    <message>
        <source>name used twice · %1</source>
        <comment>an entry of the same name in another file is hidden; address of the server</comment>
        <translation>名稱重複 · %1</translation>
    </message>
    <message>
        <source>The server&apos;s certificate is not verified for this context: anyone on the network path can read and change what is sent.</source>
        <translation>此情境不驗證伺服器憑證：網路路徑上的任何人都能讀取並竄改傳送的內容。</translation>
    </message>
    <message>
        <source>Two kubeconfig files use the same name. The first file wins, so this may not be the cluster or user you mean.</source>
        <translation>兩個 kubeconfig 檔案使用相同的名稱。以第一個檔案為準，因此這可能不是您要的叢集或使用者。</translation>
    </message>
</context>
<context>
    <name>cairn::items::EventTableModel</name>
    <message>
        <source>First %1. Last %2.</source>
        <translation>首次 %1。最近 %2。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>column, value</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation>最近一次</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>類型</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Object</source>
        <translation>物件</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>訊息</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>次數</translation>
    </message>
</context>
<context>
    <name>cairn::items::JobTableModel</name>
    <message>
        <source>being deleted</source>
        <translation>刪除中</translation>
    </message>
    <message>
        <source>by Kueue</source>
        <translation>由 Kueue</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>state of a job and its cause</comment>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>尚無</translation>
    </message>
    <message>
        <source>now</source>
        <translation>現在</translation>
    </message>
    <message>
        <source>lost at most %1</source>
        <translation>最多損失 %1</translation>
    </message>
    <message>
        <source>lost %1</source>
        <translation>損失 %1</translation>
    </message>
    <message>
        <source>at most %1</source>
        <translation>最多 %1</translation>
    </message>
    <message>
        <source>The checkpoints of this job have not been read yet. Open the job to read them.</source>
        <translation>尚未讀取此工作的檢查點。開啟工作即可讀取。</translation>
    </message>
    <message>
        <source>Read at %1; there was no checkpoint.</source>
        <translation>讀取於 %1；當時沒有檢查點。</translation>
    </message>
    <message>
        <source>Saved %1. Read %2.</source>
        <translation>儲存於 %1。讀取於 %2。</translation>
    </message>
    <message>
        <source>Unknown: the state of this job is not known.</source>
        <translation>不明：此工作的狀態不明。</translation>
    </message>
    <message>
        <source>%1 of work on %2 since the newest whole checkpoint.</source>
        <translation>自最新的完整檢查點起，已在 %2 上運算 %1。</translation>
    </message>
    <message numerus="yes">
        <source>%n GPU(s)</source>
        <translation>
            <numerusform>%n 個 GPU</numerusform>
        </translation>
    </message>
    <message>
        <source>Created %1</source>
        <translation>建立於 %1</translation>
    </message>
    <message>
        <source>%1: %2, %3</source>
        <comment>column, trust in the checkpoint, age</comment>
        <translation>%1：%2，%3</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>column, value</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Work since the newest whole checkpoint, times the GPUs of the job.</source>
        <translation>自最新的完整檢查點起的運算時間，乘以工作的 GPU 數。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名稱</translation>
    </message>
    <message>
        <source>Namespace</source>
        <translation>命名空間</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>類型</translation>
    </message>
    <message>
        <source>State</source>
        <translation>狀態</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就緒</translation>
    </message>
    <message>
        <source>GPUs</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>Last checkpoint</source>
        <translation>最近檢查點</translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation>重啟</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>存在時間</translation>
    </message>
    <message>
        <source>unfinished change</source>
        <translation>未完成的變更</translation>
    </message>
    <message>
        <source>A node with a pod of this job is not answering: whether the job still trains is unknown.</source>
        <translation>有此工作 Pod 的節點沒有回應：不知道工作是否仍在訓練。</translation>
    </message>
    <message numerus="yes">
        <source>Whether %n replica(s) are ready is unknown.</source>
        <translation>
            <numerusform>不知道 %n 個複本是否就緒。</numerusform>
        </translation>
    </message>
    <message>
        <source>The checkpoints of this job have not been read yet; at most everything since its start would be lost.</source>
        <translation>尚未讀取此工作的檢查點；最多損失自啟動以來的全部運算。</translation>
    </message>
    <message>
        <source>Nothing is running now, so nothing would be lost.</source>
        <translation>目前沒有運算，因此不會有損失。</translation>
    </message>
    <message>
        <source>Unsaved work</source>
        <translation>未儲存的工作量</translation>
    </message>
</context>
<context>
    <name>cairn::items::NodeTableModel</name>
    <message>
        <source>Not ready</source>
        <translation>未就緒</translation>
    </message>
    <message>
        <source>Pressure</source>
        <translation>資源壓力</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就緒</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>state of a node and its cause</comment>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>GPUs requested, allocatable</comment>
        <translation>%1/%2</translation>
    </message>
    <message>
        <source>Work since the newest whole checkpoint of each job with a pod here.</source>
        <translation>每個在此有 Pod 的工作，自其最新完整檢查點以來的成果。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>column, value</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>節點</translation>
    </message>
    <message>
        <source>Zone</source>
        <translation>區域</translation>
    </message>
    <message>
        <source>State</source>
        <translation>狀態</translation>
    </message>
    <message>
        <source>GPUs requested</source>
        <translation>已要求的 GPU</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>可用</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>工作</translation>
    </message>
    <message>
        <source>Pods</source>
        <translation>Pod</translation>
    </message>
    <message>
        <source>Kubelet</source>
        <translation>Kubelet</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>存在時間</translation>
    </message>
    <message>
        <source>for %1</source>
        <comment>time span</comment>
        <translation>已 %1</translation>
    </message>
    <message>
        <source>Cordoned</source>
        <translation>已封鎖</translation>
    </message>
    <message>
        <source>cordoned</source>
        <translation>已封鎖</translation>
    </message>
    <message>
        <source>Requested by pods that have not ended, out of the node&apos;s allocatable GPUs: all resources named …/gpu and MIG slices.</source>
        <translation>尚未結束的 Pod 所要求的數量，相對於節點可配置的 GPU：所有名為 …/gpu 的資源與 MIG 切片。</translation>
    </message>
    <message>
        <source>What a failure of the node would lose now: work since the newest whole checkpoint of each job with a pod here</source>
        <translation>節點此刻失效會失去的成果：每個在此有 Pod 的工作，自其最新完整檢查點以來</translation>
    </message>
    <message>
        <source>Unsaved work</source>
        <translation>未儲存的工作量</translation>
    </message>
</context>
<context>
    <name>cairn::items::PaletteModel</name>
    <message>
        <source>Resume %1 from its newest whole checkpoint…</source>
        <translation>從最新的完整檢查點接續 %1…</translation>
    </message>
    <message>
        <source>Resume %1 from step %2…</source>
        <translation>從第 %2 步接續 %1…</translation>
    </message>
    <message>
        <source>Open %1</source>
        <translation>開啟 %1</translation>
    </message>
    <message>
        <source>Logs of %1</source>
        <translation>%1 的記錄</translation>
    </message>
    <message>
        <source>YAML of %1</source>
        <translation>%1 的 YAML</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>what, more about it</comment>
        <translation>%1，%2</translation>
    </message>
</context>
<context>
    <name>cairn::items::PodTableModel</name>
    <message>
        <source>last: %1</source>
        <comment>reason of the previous container&apos;s end</comment>
        <translation>上次：%1</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>state of a pod and its cause</comment>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>column, value</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Pod</source>
        <translation>Pod</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>State</source>
        <translation>狀態</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就緒</translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation>重啟</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>節點</translation>
    </message>
    <message>
        <source>GPUs</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>存在時間</translation>
    </message>
    <message>
        <source>Namespace</source>
        <translation>命名空間</translation>
    </message>
    <message>
        <source>Job or owner</source>
        <translation>工作或擁有者</translation>
    </message>
</context>
<context>
    <name>cairn::items::ProblemTableModel</name>
    <message>
        <source>%1 · %2</source>
        <comment>place, age</comment>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>%1: %2 %3</source>
        <comment>kind of problem, name, what happened</comment>
        <translation>%1：%2 %3 {1:?}</translation>
    </message>
    <message>
        <source>State</source>
        <translation>狀態</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名稱</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>發生了什麼</translation>
    </message>
    <message>
        <source>%1, since %2</source>
        <comment>name, time</comment>
        <translation>%1，自 %2</translation>
    </message>
    <message>
        <source>%1: %2 %3</source>
        <comment>column, value, more</comment>
        <translation>%1：%2 %3</translation>
    </message>
    <message>
        <source>Node lost</source>
        <translation>節點失聯</translation>
    </message>
    <message>
        <source>Pressure</source>
        <translation>資源壓力</translation>
    </message>
    <message>
        <source>Overdue</source>
        <translation>逾期</translation>
    </message>
    <message>
        <source>At risk</source>
        <translation>有風險</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>儲存</translation>
    </message>
    <message>
        <source>Unfinished</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Resume…</source>
        <translation>接續…</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>顯示</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>復原</translation>
    </message>
</context>
<context>
    <name>cairn::items::QuotaTableModel</name>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Not counted</source>
        <translation>尚未統計</translation>
    </message>
    <message>
        <source>None allowed</source>
        <translation>額度為零</translation>
    </message>
    <message>
        <source>Borrowing</source>
        <translation>借用中</translation>
    </message>
    <message>
        <source>Over quota</source>
        <translation>超出配額</translation>
    </message>
    <message>
        <source>Full</source>
        <translation>已滿</translation>
    </message>
    <message>
        <source>Nearly full</source>
        <translation>即將用滿</translation>
    </message>
    <message>
        <source>Available</source>
        <translation>尚有餘額</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>used, allowed</comment>
        <translation>%1/%2</translation>
    </message>
    <message>
        <source>cluster</source>
        <translation>叢集</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>kind, name</comment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>column, value</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Resource</source>
        <translation>資源</translation>
    </message>
    <message>
        <source>Namespace</source>
        <translation>命名空間</translation>
    </message>
    <message>
        <source>Quota</source>
        <translation>配額</translation>
    </message>
    <message>
        <source>Used</source>
        <translation>已用</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>可用</translation>
    </message>
    <message>
        <source>State</source>
        <translation>狀態</translation>
    </message>
</context>
<context>
    <name>cairn::items::TrailTableModel</name>
    <message numerus="yes">
        <source>%1 bytes in %n file(s)</source>
        <translation>
            <numerusform>%n 個檔案共 %1 位元組</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, checkpoint %2, %3, %4</source>
        <comment>job, step, trust, age</comment>
        <translation>%1，檢查點 %2，%3，%4</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>column, value</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Resume…</source>
        <translation>接續…</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>工作</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>儲存時間</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>State</source>
        <translation>狀態</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
</context>
<context>
    <name>cairn::items::UsageTableModel</name>
    <message>
        <source>%1 %</source>
        <comment>part used</comment>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>When</source>
        <translation>時間</translation>
    </message>
    <message>
        <source>Used</source>
        <translation>已用</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>比例</translation>
    </message>
    <message>
        <source>Measured by</source>
        <translation>量測來源</translation>
    </message>
</context>
<context>
    <name>cairn::jobs</name>
    <message>
        <source>Arguments cannot be added to this command.</source>
        <translation>無法為此命令加上引數。</translation>
    </message>
    <message>
        <source>It is a shell line whose last part is not plainly the training program.</source>
        <translation>它是一行 shell 命令，其最後部分無法明確認定為訓練程式。</translation>
    </message>
    <message>
        <source>“%1” cannot be the name of the new job.</source>
        <translation>「%1」不能作為新工作的名稱。</translation>
    </message>
    <message>
        <source>A job&apos;s name has lower-case letters, digits and “-”, begins with a letter and ends with a letter or digit.</source>
        <translation>工作名稱由小寫字母、數字與「-」組成，以字母開頭，以字母或數字結尾。</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>請另選名稱。</translation>
    </message>
    <message>
        <source>Its pods and services would have names of more than 63 characters.</source>
        <translation>其 Pod 與 Service 的名稱將超過 63 個字元。</translation>
    </message>
    <message>
        <source>Use at most %1 characters.</source>
        <translation>最多 %1 個字元。</translation>
    </message>
    <message>
        <source>The job sets neither CHECKPOINT_DIR nor RESUME_FROM_CHECKPOINT, and its command names no framework whose resume arguments are known.</source>
        <translation>此工作未設定 CHECKPOINT_DIR 或 RESUME_FROM_CHECKPOINT，其命令也沒有指名已知接續引數的框架。</translation>
    </message>
    <message>
        <source>%1, found in the job&apos;s arguments.</source>
        <extracomment>%1 is a framework such as torchtitan</extracomment>
        <translation>%1，見於工作的引數。</translation>
    </message>
    <message>
        <source>“%1” does not say how the script takes a path.</source>
        <translation>「%1」未說明指令碼如何接收路徑。</translation>
    </message>
    <message>
        <source>Write env:NAME, arg:--flag={path} or newest.</source>
        <translation>請寫成 env:NAME、arg:--flag={path} 或 newest。</translation>
    </message>
    <message>
        <source>Write env:NAME or arg:--flag={save}.</source>
        <translation>請寫成 env:NAME 或 arg:--flag={save}。</translation>
    </message>
    <message>
        <source>Name different variables for the checkpoint and for the directory.</source>
        <translation>檢查點與目錄請使用不同的變數。</translation>
    </message>
    <message>
        <source>Chosen by you.</source>
        <translation>由您選擇。</translation>
    </message>
    <message>
        <source>Remembered on the job.</source>
        <translation>記於工作上。</translation>
    </message>
    <message>
        <source>The job sets CHECKPOINT_DIR.</source>
        <translation>工作設定了 CHECKPOINT_DIR。</translation>
    </message>
    <message>
        <source>The job sets RESUME_FROM_CHECKPOINT.</source>
        <translation>工作設定了 RESUME_FROM_CHECKPOINT。</translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s) will be stopped; each has %1 to end.</source>
        <translation>
            <numerusform>將停止 %n 個 Pod；每個有 %1 可結束。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s) of the old job stay for their logs.</source>
        <translation>
            <numerusform>保留舊工作的 %n 個 Pod 以供查看記錄。</numerusform>
        </translation>
    </message>
    <message>
        <source>Look at the job as it is now and resume again.</source>
        <translation>請查看工作的現況，再重新接續。</translation>
    </message>
    <message>
        <source>The record on the job is no longer the one of this resume.</source>
        <translation>工作上的紀錄已不屬於這次接續。</translation>
    </message>
    <message>
        <source>Look at the job as it is now.</source>
        <translation>請查看工作的現況。</translation>
    </message>
    <message numerus="yes">
        <source>Waiting for %n pod(s) to end; up to %1 each.</source>
        <translation>
            <numerusform>等待 %n 個 Pod 結束；每個最多 %1。</numerusform>
        </translation>
    </message>
    <message>
        <source>There is no unfinished resume on the job %1.</source>
        <translation>工作 %1 上沒有未完成的接續。</translation>
    </message>
    <message>
        <source>The checkpoint %1 is gone.</source>
        <translation>檢查點 %1 已不存在。</translation>
    </message>
    <message>
        <source>Choose another checkpoint.</source>
        <translation>請選擇其他檢查點。</translation>
    </message>
    <message>
        <source>Creating the job %1.</source>
        <translation>正在建立工作 %1。</translation>
    </message>
    <message>
        <source>Waiting for the first step after the checkpoint.</source>
        <translation>正在等待檢查點之後的第一步。</translation>
    </message>
    <message>
        <source>The job cannot be resumed like this.</source>
        <translation>此工作無法以這種方式接續。</translation>
    </message>
    <message>
        <source>The job waits in the Kueue queue %1; Kueue alone decides when it is suspended.</source>
        <translation>工作在 Kueue 佇列 %1 中等待；何時暫停僅由 Kueue 決定。</translation>
    </message>
    <message>
        <source>The job is managed by %1 (spec.runPolicy.managedBy).</source>
        <translation>工作由 %1 管理（spec.runPolicy.managedBy）。</translation>
    </message>
    <message>
        <source>Argo CD keeps the job as its application %1 says and would revert a change.</source>
        <translation>Argo CD 依其應用程式 %1 維持此工作，會還原任何變更。</translation>
    </message>
    <message>
        <source>Flux keeps the job as its %1 %2 says and would revert a change.</source>
        <translation>Flux 依其 %1 %2 維持此工作，會還原任何變更。</translation>
    </message>
    <message>
        <source>The job belongs to the Helm release %1; its next upgrade would revert a change.</source>
        <translation>工作屬於 Helm release %1；下次升級會還原變更。</translation>
    </message>
    <message>
        <source>The record of a resume on this job cannot be read.</source>
        <translation>無法讀取此工作上的接續紀錄。</translation>
    </message>
    <message>
        <source>Remove the annotation cairn.console/resume if nobody is resuming the job.</source>
        <translation>若無人正在接續此工作，請移除註解 cairn.console/resume。</translation>
    </message>
    <message>
        <source>Its environment, command or arguments are neither what they were nor what the resume makes of them.</source>
        <translation>其環境變數、命令或引數既非原本的內容，也非接續所設定的內容。</translation>
    </message>
    <message>
        <source>The checkpoint is gone.</source>
        <translation>檢查點已不存在。</translation>
    </message>
    <message>
        <source>Checkpoint is whole.</source>
        <translation>檢查點完整。</translation>
    </message>
    <message>
        <source>Checkpoint is whole: %1</source>
        <translation>檢查點完整：%1</translation>
    </message>
    <message>
        <source>Checkpoint is not verified: %1</source>
        <translation>檢查點未驗證：%1</translation>
    </message>
    <message>
        <source>Checkpoint is still being written.</source>
        <translation>檢查點仍在寫入。</translation>
    </message>
    <message>
        <source>Choose an older one, or wait.</source>
        <translation>請選擇較舊的，或等待。</translation>
    </message>
    <message>
        <source>Checkpoint is damaged: %1</source>
        <translation>檢查點損壞：%1</translation>
    </message>
    <message>
        <source>The job %1 is gone.</source>
        <translation>工作 %1 已不存在。</translation>
    </message>
    <message>
        <source>The job cannot be read.</source>
        <translation>無法讀取工作。</translation>
    </message>
    <message>
        <source>Another job of the same name took its place.</source>
        <translation>已由另一個同名工作取代。</translation>
    </message>
    <message>
        <source>Open that job.</source>
        <translation>請開啟該工作。</translation>
    </message>
    <message>
        <source>Open it again.</source>
        <translation>請重新開啟。</translation>
    </message>
    <message>
        <source>The job is as it was read (generation %1).</source>
        <translation>工作與讀取時相同（generation %1）。</translation>
    </message>
    <message>
        <source>It is not known whether you may change the job.</source>
        <translation>不知道您是否有權變更此工作。</translation>
    </message>
    <message>
        <source>Ask for a role with the verb %1 on %2.%3.</source>
        <translation>請申請對 %2.%3 具有動詞 %1 的角色。</translation>
    </message>
    <message>
        <source>Ask for the verbs list on pods and get on pods/log.</source>
        <translation>請申請 pods 的 list 與 pods/log 的 get 動詞。</translation>
    </message>
    <message>
        <source>The namespace&apos;s quotas cannot be read.</source>
        <translation>無法讀取命名空間的配額。</translation>
    </message>
    <message>
        <source>No quota limits %1.</source>
        <translation>沒有配額限制 %1。</translation>
    </message>
    <message>
        <source>Quota %1: the job needs %2 of %3, %4 of %5 are free.</source>
        <translation>配額 %1：工作需要 %3 共 %2，可用 %4（上限 %5）。</translation>
    </message>
    <message>
        <source>Ask for a larger quota.</source>
        <translation>請申請更大的配額。</translation>
    </message>
    <message>
        <source>Its pods wait until something else ends.</source>
        <translation>其 Pod 會等到其他工作結束。</translation>
    </message>
    <message>
        <source>No quota in %1 counts what the job asks for.</source>
        <translation>%1 中沒有配額計算此工作所要求的資源。</translation>
    </message>
    <message>
        <source>It goes away as soon as no pod uses it; save its data first.</source>
        <translation>一旦沒有 Pod 使用它就會消失；請先保存其資料。</translation>
    </message>
    <message>
        <source>Look at its events.</source>
        <translation>請查看其事件。</translation>
    </message>
    <message>
        <source>Stop the old job, or the new pods may wait.</source>
        <translation>請停止舊工作，否則新的 Pod 可能需要等待。</translation>
    </message>
    <message>
        <source>Priority class %1 exists.</source>
        <translation>PriorityClass %1 存在。</translation>
    </message>
    <message>
        <source>The priority class %1 does not exist, so no pod could be created.</source>
        <translation>PriorityClass %1 不存在，因此無法建立 Pod。</translation>
    </message>
    <message>
        <source>Ask for the class, or remove it from the job.</source>
        <translation>請申請該類別，或從工作中移除。</translation>
    </message>
    <message>
        <source>The priority class %1 cannot be read.</source>
        <translation>無法讀取 PriorityClass %1。</translation>
    </message>
    <message>
        <source>The job&apos;s pods cannot be read.</source>
        <translation>無法讀取工作的 Pod。</translation>
    </message>
    <message>
        <source>No pod has to be stopped.</source>
        <translation>沒有 Pod 需要停止。</translation>
    </message>
    <message>
        <source>The API server accepts the change (dry run).</source>
        <translation>API 伺服器接受此變更（試執行）。</translation>
    </message>
    <message>
        <source>The API server accepts the job (dry run).</source>
        <translation>API 伺服器接受此工作（試執行）。</translation>
    </message>
    <message>
        <source>The dry run got no answer: %1</source>
        <translation>試執行沒有得到回應：%1</translation>
    </message>
    <message>
        <source>Suspending the job.</source>
        <translation>正在暫停工作。</translation>
    </message>
    <message>
        <source>It is being deleted.</source>
        <translation>它正在刪除中。</translation>
    </message>
    <message>
        <source>Its specification, labels or owner are not those the plan was made from.</source>
        <translation>其規格、標籤或擁有者與擬定計畫時不同。</translation>
    </message>
    <message>
        <source>It has finished; a finished job cannot be resumed in place.</source>
        <translation>它已結束；已結束的工作無法就地接續。</translation>
    </message>
    <message>
        <source>It finished while it was being suspended; a finished job cannot be resumed in place.</source>
        <translation>它在暫停期間結束；已結束的工作無法就地接續。</translation>
    </message>
    <message>
        <source>The training operator did not confirm that the job is suspended; it may not be running.</source>
        <translation>training operator 未確認工作已暫停；它可能未在執行。</translation>
    </message>
    <message>
        <source>Changing the job&apos;s template.</source>
        <translation>正在變更工作的範本。</translation>
    </message>
    <message>
        <source>The record of the resume could not be removed from the job: %1</source>
        <translation>無法從工作移除接續紀錄：%1</translation>
    </message>
    <message>
        <source>The job is back as it was.</source>
        <translation>工作已恢復原狀。</translation>
    </message>
    <message>
        <source>The job&apos;s pods cannot be read, so it is not followed: %1</source>
        <translation>無法讀取工作的 Pod，因此不追蹤：%1</translation>
    </message>
    <message>
        <source>Pod %1 is %2.</source>
        <translation>Pod %1 的狀態為 %2。</translation>
    </message>
    <message>
        <source>Pod %1 waits: %2.</source>
        <translation>Pod %1 等待中：%2。</translation>
    </message>
    <message>
        <source>The resumed training keeps failing: pod %1 ended %2 times.</source>
        <translation>接續的訓練持續失敗：Pod %1 已結束 %2 次。</translation>
    </message>
    <message>
        <source>The job waits in its queue.</source>
        <translation>工作在佇列中等待。</translation>
    </message>
    <message>
        <source>The resumed job failed before a step after the checkpoint was seen.</source>
        <translation>接續的工作在看到檢查點之後的步之前就失敗了。</translation>
    </message>
    <message>
        <source>Read its log; resume from another checkpoint as a new job.</source>
        <translation>請查看其記錄；從其他檢查點接續為新工作。</translation>
    </message>
    <message>
        <source>The job has already succeeded; its log shows no step after the checkpoint.</source>
        <translation>工作已成功；其記錄沒有顯示檢查點之後的步。</translation>
    </message>
    <message>
        <source>Step %1 was trained.</source>
        <translation>已訓練第 %1 步。</translation>
    </message>
    <message>
        <source>The training resumed.</source>
        <translation>訓練已接續。</translation>
    </message>
    <message>
        <source>The job trains, but not from the checkpoint: its log is at step %1.</source>
        <translation>工作正在訓練，但不是從檢查點開始：其記錄位於第 %1 步。</translation>
    </message>
    <message>
        <source>The script did not take the path it was given.</source>
        <translation>指令碼未採用所給的路徑。</translation>
    </message>
    <message>
        <source>The checkpoint is damaged: %1</source>
        <translation>檢查點損壞：%1</translation>
    </message>
    <message>
        <source>The checkpoint is still being written.</source>
        <translation>檢查點仍在寫入。</translation>
    </message>
    <message>
        <source>Confirm that you want to try it.</source>
        <translation>請確認您要嘗試。</translation>
    </message>
    <message>
        <source>Choose a checkpoint with the training state.</source>
        <translation>請選擇含有訓練狀態的檢查點。</translation>
    </message>
    <message>
        <source>It is not known under which path the job&apos;s containers see this checkpoint.</source>
        <translation>不知道工作的容器在哪個路徑下看到此檢查點。</translation>
    </message>
    <message>
        <source>The checkpoint&apos;s path is not UTF-8 and cannot be written into a Kubernetes object.</source>
        <translation>檢查點的路徑不是 UTF-8，無法寫入 Kubernetes 物件。</translation>
    </message>
    <message>
        <source>Rename the checkpoint.</source>
        <translation>請重新命名檢查點。</translation>
    </message>
    <message>
        <source>The checkpoint&apos;s path holds a line break.</source>
        <translation>檢查點的路徑含有換行。</translation>
    </message>
    <message>
        <source>The job is being deleted.</source>
        <translation>工作正在刪除中。</translation>
    </message>
    <message>
        <source>Resume it as a new job.</source>
        <translation>請接續為新工作。</translation>
    </message>
    <message>
        <source>The job itself stays untouched: create a new job, or take the YAML to whoever manages it.</source>
        <translation>原工作不會更動：請建立新工作，或將 YAML 交給其管理者。</translation>
    </message>
    <message>
        <source>An earlier resume of this job is not finished.</source>
        <translation>此工作先前的接續尚未完成。</translation>
    </message>
    <message>
        <source>The script looks for its newest checkpoint by itself, so it cannot be told to start from an older one.</source>
        <translation>指令碼會自行尋找最新的檢查點，因此無法指定從較舊的開始。</translation>
    </message>
    <message>
        <source>Choose a checkpoint whose step is known.</source>
        <translation>請選擇步數已知的檢查點。</translation>
    </message>
    <message>
        <source>The pod template of %1 has no container %2.</source>
        <translation>%1 的 Pod 範本沒有容器 %2。</translation>
    </message>
    <message>
        <source>The command of the job is its image&apos;s own entry point, which is not known here; it cannot be wrapped.</source>
        <translation>工作的命令是映像檔本身的進入點，此處無從得知，因此無法包裝。</translation>
    </message>
    <message>
        <source>%1 takes its command from the image; the image&apos;s own arguments, if it has any, are replaced.</source>
        <translation>%1 使用映像檔的命令；映像檔本身若有引數，會被取代。</translation>
    </message>
    <message>
        <source>The Trainer does not read --resume_from_checkpoint by itself: the script must pass it on to train().</source>
        <translation>Trainer 不會自行讀取 --resume_from_checkpoint：指令碼必須將它傳給 train()。</translation>
    </message>
    <message>
        <source>The script finds its newest checkpoint only where it saved before, so the new attempt saves into the same directory.</source>
        <translation>指令碼只在原本的儲存位置尋找最新檢查點，因此新的嘗試會存到同一目錄。</translation>
    </message>
    <message>
        <source>The checkpoint is not verified: %1</source>
        <translation>檢查點未經驗證：%1</translation>
    </message>
    <message>
        <source>The job is suspended now; it will run when this is done.</source>
        <translation>工作目前已暫停；完成後就會執行。</translation>
    </message>
    <message>
        <source>suspended, its template unchanged</source>
        <translation>已暫停，範本未變更</translation>
    </message>
    <message>
        <source>suspended, its template changed</source>
        <translation>已暫停，範本已變更</translation>
    </message>
    <message>
        <source>It is larger than any record Cairn writes.</source>
        <translation>它比 Cairn 寫入的任何紀錄都大。</translation>
    </message>
    <message>
        <source>It was written by another version of Cairn.</source>
        <translation>它由其他版本的 Cairn 寫入。</translation>
    </message>
    <message>
        <source>A part of it is missing or has the wrong type.</source>
        <translation>其中一部分缺少或類型錯誤。</translation>
    </message>
    <message>
        <source>What the pods ask for is in the runtime %1 and was not counted.</source>
        <translation>pod 要求的資源寫在 runtime %1 裡，未計入。</translation>
    </message>
    <message>
        <source>Trainer does not let a TrainJob&apos;s trainer be changed, so a new job is made; this one stays as it is.</source>
        <translation>Trainer 不允許更改 TrainJob 的 trainer，因此會建立新的工作；原工作維持不變。</translation>
    </message>
    <message>
        <source>The runtime %1 was changed after this job began: the new job gets the runtime as it is now.</source>
        <translation>runtime %1 在此工作開始之後已變更：新工作會使用目前的 runtime。</translation>
    </message>
    <message>
        <source>The job&apos;s own copy is in the ConfigMap %1.</source>
        <translation>此工作自己的副本在 ConfigMap %1 裡。</translation>
    </message>
    <message>
        <source>Suspend or change its owner instead.</source>
        <translation>請改為暫停或變更其擁有者。</translation>
    </message>
    <message>
        <source>Set the Workload&apos;s field active, or stop the queue.</source>
        <translation>請設定 Workload 的 active 欄位，或停止佇列。</translation>
    </message>
    <message>
        <source>Ask there.</source>
        <translation>請在那裡處理。</translation>
    </message>
    <message>
        <source>Change it where %1 takes it from.</source>
        <translation>請在 %1 的來源處變更。</translation>
    </message>
    <message>
        <source>Nothing says that its checkpoints outlive its pods. %1</source>
        <translation>沒有跡象顯示其檢查點會比 Pod 活得久。%1</translation>
    </message>
    <message>
        <source>It has finished: there is nothing to suspend.</source>
        <translation>它已結束：沒有可暫停的。</translation>
    </message>
    <message>
        <source>It is suspended before it trains.</source>
        <translation>在它訓練之前暫停。</translation>
    </message>
    <message>
        <source>It has finished and does not run again.</source>
        <translation>它已結束，不會再執行。</translation>
    </message>
    <message>
        <source>Resume it from a checkpoint as a new job.</source>
        <translation>請從檢查點接續成為新工作。</translation>
    </message>
    <message>
        <source>It is not suspended.</source>
        <translation>它沒有暫停。</translation>
    </message>
    <message>
        <source>Its pods are stopped, and it is deleted with them.</source>
        <translation>其 Pod 會停止，並一併刪除。</translation>
    </message>
    <message>
        <source>It is deleted, with its pods and their logs.</source>
        <translation>連同其 Pod 與記錄一併刪除。</translation>
    </message>
    <message>
        <source>It is deleted.</source>
        <translation>它會被刪除。</translation>
    </message>
    <message>
        <source>The record of its unfinished resume is deleted with it.</source>
        <translation>其未完成接續的紀錄會一併刪除。</translation>
    </message>
    <message>
        <source>The MPI operator does not let a changed command or environment reach the launcher, so a new job is made; this one stays as it is.</source>
        <translation>MPI operator 不會讓變更後的命令或環境傳到 launcher，因此會建立新工作；這個保持原狀。</translation>
    </message>
    <message>
        <source>The wrapper looks for checkpoints in folders and cannot read a bucket.</source>
        <translation>包裝器只在資料夾中尋找檢查點，無法讀取儲存桶。</translation>
    </message>
    <message>
        <source>The old job deletes itself %1 after it finished; its checkpoints stay where they are.</source>
        <translation>舊工作會在結束後 %1 自行刪除；其檢查點保留在原處。</translation>
    </message>
    <message>
        <source>Let the script read an environment variable, or put &quot;$@&quot; after the program in the line.</source>
        <translation>請讓指令碼讀取環境變數，或在該行的程式後面加上 &quot;$@&quot;。</translation>
    </message>
    <message>
        <source>A job of this name already exists in the namespace.</source>
        <translation>命名空間中已有同名的工作。</translation>
    </message>
    <message>
        <source>The job was changed in the meantime.</source>
        <translation>工作在其間已被變更。</translation>
    </message>
    <message>
        <source>Its spec is no longer the one that was checked.</source>
        <translation>其規格已不是先前檢查的內容。</translation>
    </message>
    <message>
        <source>It belongs to %1, which would revert it or count it as failed.</source>
        <translation>它屬於 %1，後者會改回或將其視為失敗。</translation>
    </message>
    <message>
        <source>Its queue %1 decides when it runs; Kueue would revert this.</source>
        <translation>何時執行由其佇列 %1 決定；Kueue 會改回。</translation>
    </message>
    <message>
        <source>It is managed by %1, which decides when it runs.</source>
        <translation>它由 %1 管理，何時執行由其決定。</translation>
    </message>
    <message>
        <source>%1 will recreate it at its next sync, and it will train from the start again.</source>
        <translation>%1 會在下次同步時重新建立它，並從頭開始訓練。</translation>
    </message>
    <message>
        <source>%1 will revert this at its next sync.</source>
        <translation>%1 會在下次同步時改回。</translation>
    </message>
    <message>
        <source>%1 will recreate it at its next upgrade.</source>
        <translation>%1 會在下次升級時重新建立它。</translation>
    </message>
    <message>
        <source>%1 may revert this at its next upgrade.</source>
        <translation>%1 可能在下次升級時改回。</translation>
    </message>
    <message>
        <source>It belongs to %1, which may recreate it or count it as failed.</source>
        <translation>它屬於 %1，後者可能重新建立它或將其視為失敗。</translation>
    </message>
    <message>
        <source>It is already suspended.</source>
        <translation>它已經暫停。</translation>
    </message>
    <message>
        <source>Its pods are asked to stop and have %1 for a last save.</source>
        <translation>其 Pod 會收到停止通知，並有 %1 可做最後一次儲存。</translation>
    </message>
    <message>
        <source>It is unsuspended, once its old pods are gone.</source>
        <translation>待其舊 Pod 消失後解除暫停。</translation>
    </message>
    <message>
        <source>It is already being deleted.</source>
        <translation>它已經在刪除中。</translation>
    </message>
    <message>
        <source>A resume of it was started and not finished.</source>
        <translation>它的接續已開始但未完成。</translation>
    </message>
    <message>
        <source>Finish it or roll it back first.</source>
        <translation>請先完成或復原它。</translation>
    </message>
    <message>
        <source>It was not changed.</source>
        <translation>它未被變更。</translation>
    </message>
    <message>
        <source>The checkpoint could not be checked again: %1</source>
        <translation>無法重新檢查檢查點：%1</translation>
    </message>
    <message>
        <source>The job has changed since this was opened.</source>
        <translation>開啟之後工作已被變更。</translation>
    </message>
    <message>
        <source>You have permission to %1 %2 in %3.</source>
        <extracomment>%1 a verb such as patch, %2 a resource, %3 a namespace</extracomment>
        <translation>您有權在 %3 對 %2 執行 %1。</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to %1 %2 in %3.</source>
        <translation>您無權在 %3 對 %2 執行 %1。</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to list pods in %1, so there is no way to tell when the old ones are gone.</source>
        <translation>您無權列出 %1 中的 Pod，因此無法得知舊的 Pod 何時消失。</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to read pod logs in %1, so the first step cannot be followed.</source>
        <translation>您無權讀取 %1 中的 Pod 記錄，因此無法追蹤第一步。</translation>
    </message>
    <message>
        <source>The job reuses what it frees by stopping.</source>
        <translation>工作會重新取用它停止時釋出的資源。</translation>
    </message>
    <message>
        <source>Quota %1 applies to some pods only and was not counted.</source>
        <translation>配額 %1 只適用於部分 Pod，未列入計算。</translation>
    </message>
    <message>
        <source>The new attempt saves to %1; whether its credentials can write there shows when it saves.</source>
        <translation>新的嘗試儲存到 %1；其認證資料能否寫入要到儲存時才知道。</translation>
    </message>
    <message>
        <source>The PVC %1 does not exist.</source>
        <translation>PVC %1 不存在。</translation>
    </message>
    <message>
        <source>The pods would wait for it forever.</source>
        <translation>Pod 會一直等待它。</translation>
    </message>
    <message>
        <source>The PVC %1 cannot be read.</source>
        <translation>無法讀取 PVC %1。</translation>
    </message>
    <message>
        <source>The PVC %1 is being deleted.</source>
        <translation>PVC %1 正在刪除中。</translation>
    </message>
    <message>
        <source>The PVC %1 is not bound (%2).</source>
        <translation>PVC %1 未繫結（%2）。</translation>
    </message>
    <message>
        <source>The PVC %1 can be mounted on one node only, and the old job is using it.</source>
        <translation>PVC %1 只能掛載於單一節點，且目前由舊工作使用。</translation>
    </message>
    <message>
        <source>PVC %1 is bound.</source>
        <translation>PVC %1 已繫結。</translation>
    </message>
    <message>
        <source>The API server rejects it (dry run): %1 %2</source>
        <translation>API 伺服器拒絕（試執行）：%1 %2</translation>
    </message>
    <message>
        <source>Someone else took over the resume of this job.</source>
        <translation>已有其他人接手此工作的接續。</translation>
    </message>
    <message>
        <source>Checking the checkpoint once more.</source>
        <translation>正在再次檢查檢查點。</translation>
    </message>
    <message>
        <source>The checkpoint could not be checked once more: %1</source>
        <translation>無法再次檢查檢查點：%1</translation>
    </message>
    <message>
        <source>The checkpoint %1 is no longer whole.</source>
        <translation>檢查點 %1 已不再完整。</translation>
    </message>
    <message>
        <source>Another resume of it was started.</source>
        <translation>已開始對它的另一次接續。</translation>
    </message>
    <message>
        <source>The connection was lost at the first change: the job may be suspended.</source>
        <translation>連線在第一項變更時中斷：工作可能已暫停。</translation>
    </message>
    <message>
        <source>The training continues from the checkpoint.</source>
        <translation>訓練已從檢查點繼續。</translation>
    </message>
    <message>
        <source>It was unsuspended by someone else before its template was changed.</source>
        <translation>在變更其範本之前，已有其他人將它解除暫停。</translation>
    </message>
    <message>
        <source>Unsuspending the job.</source>
        <translation>正在解除暫停工作。</translation>
    </message>
    <message>
        <source>Rolling back.</source>
        <translation>正在復原。</translation>
    </message>
    <message>
        <source>The job has finished in the meantime: its template is restored, but it will not run again.</source>
        <translation>工作在其間已結束：範本已還原，但不會再執行。</translation>
    </message>
    <message>
        <source>Someone may have finished it or rolled it back.</source>
        <translation>可能已有人完成或復原它。</translation>
    </message>
    <message>
        <source>There is nothing to roll back.</source>
        <translation>沒有可復原的內容。</translation>
    </message>
    <message>
        <source>No step after the checkpoint was seen within %1; the job keeps running.</source>
        <translation>%1 內未看到檢查點之後的步；工作持續進行。</translation>
    </message>
    <message>
        <source>Not followed to the first step; the job keeps running.</source>
        <translation>未追蹤到第一步；工作持續進行。</translation>
    </message>
    <message>
        <source>Someone else took over this job, so it is no longer followed.</source>
        <translation>已有其他人接手此工作，因此不再追蹤。</translation>
    </message>
    <message>
        <source>Read its log, roll back, or resume from another checkpoint.</source>
        <translation>請查看其記錄、復原，或從其他檢查點接續。</translation>
    </message>
    <message>
        <source>The job&apos;s pods have not been created yet.</source>
        <translation>工作的 Pod 尚未建立。</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to read pod logs in this namespace, so the first step cannot be seen.</source>
        <translation>您無權讀取此命名空間的 Pod 記錄，因此看不到第一步。</translation>
    </message>
    <message>
        <source>Roll back, and name the variable or argument that passes the path to the script.</source>
        <translation>請復原變更，並指定以哪個變數或引數將路徑傳給指令碼。</translation>
    </message>
    <message>
        <source>Pod %1 is running; no step seen yet.</source>
        <translation>Pod %1 執行中；尚未看到任何一步。</translation>
    </message>
    <message>
        <source>The job belongs to %1 %2, which may revert a change or recreate the job.</source>
        <extracomment>%1 kind, %2 name: &quot;Experiment random-search&quot;</extracomment>
        <translation>工作屬於 %1 %2，後者可能改回變更或重新建立工作。</translation>
    </message>
    <message>
        <source>Whether this checkpoint is whole could not be verified: %1</source>
        <translation>無法驗證此檢查點是否完整：%1</translation>
    </message>
    <message>
        <source>The checkpoint holds only weights: optimizer and step would start from scratch.</source>
        <translation>此檢查點只含權重：最佳化器與步數會從頭開始。</translation>
    </message>
    <message>
        <source>Enter where the job saves.</source>
        <translation>請指定工作的儲存位置。</translation>
    </message>
    <message>
        <source>The job mounts no PVC at %1, so its new pods would not find the checkpoint.</source>
        <translation>工作在 %1 沒有掛載 PVC，新的 Pod 會找不到此檢查點。</translation>
    </message>
    <message>
        <source>Choose a checkpoint on a PVC the job mounts, or add the mount to its YAML.</source>
        <translation>請選擇工作所掛載 PVC 上的檢查點，或在其 YAML 中加入掛載。</translation>
    </message>
    <message>
        <source>The script is given a location outside this bucket, so it may not be able to read from a bucket.</source>
        <translation>傳給指令碼的位置不在此儲存桶，因此它可能無法從儲存桶讀取。</translation>
    </message>
    <message>
        <source>Name the variable or argument that takes the bucket&apos;s address; it is remembered on the job.</source>
        <translation>請指定以哪個變數或引數接收儲存桶的位址；設定會記在工作上。</translation>
    </message>
    <message>
        <source>The new job is managed by nobody but you.</source>
        <translation>新工作只由您管理。</translation>
    </message>
    <message>
        <source>The old job keeps running: both will hold GPUs and quota until you stop one.</source>
        <translation>舊工作仍在執行：停止其中一個之前，兩者都會占用 GPU 與配額。</translation>
    </message>
    <message>
        <source>It is not known how a checkpoint is passed to this job&apos;s script. %1</source>
        <translation>不知道檢查點如何傳給此工作的指令碼。%1</translation>
    </message>
    <message>
        <source>Name the variable or argument that takes the path; it is remembered on the job.</source>
        <translation>請指定以哪個變數或引數接收路徑；設定會記在工作上。</translation>
    </message>
    <message>
        <source>Choose the newest whole checkpoint, or say how a path is passed to the script.</source>
        <translation>請選擇最新的完整檢查點，或說明路徑如何傳給指令碼。</translation>
    </message>
    <message>
        <source>It is not known how the save directory is passed to this job&apos;s script, and a new attempt must not write among the old checkpoints.</source>
        <translation>不知道儲存目錄如何傳給此工作的指令碼，而新的嘗試不得寫入舊檢查點之間。</translation>
    </message>
    <message>
        <source>Name the variable or argument that takes the directory; it is remembered on the job.</source>
        <translation>請指定以哪個變數或引數接收目錄；設定會記在工作上。</translation>
    </message>
    <message>
        <source>The script takes a step, but the step of this checkpoint is not known.</source>
        <translation>指令碼接收的是步數，但此檢查點的步數不明。</translation>
    </message>
    <message>
        <source>The job saves to %1, which is not on a PVC: what it saves there is lost with its pod.</source>
        <translation>工作儲存至 %1，該處不在任何 PVC 上：存放的內容會隨 Pod 消失。</translation>
    </message>
    <message>
        <source>Mount a PVC there.</source>
        <translation>請在該處掛載 PVC。</translation>
    </message>
    <message>
        <source>The PVC at %1 is mounted read-only, so the new attempt could not save.</source>
        <translation>%1 的 PVC 以唯讀掛載，新的嘗試無法儲存。</translation>
    </message>
    <message>
        <source>Mount it read-write.</source>
        <translation>請以可讀寫方式掛載。</translation>
    </message>
    <message>
        <source>Fix the job&apos;s YAML.</source>
        <translation>請修正工作的 YAML。</translation>
    </message>
    <message>
        <source>Continue without the wrapper.</source>
        <translation>不使用包裝程式繼續。</translation>
    </message>
    <message>
        <source>Continue without the wrapper, or write the command into the job.</source>
        <translation>請不用包裝程式繼續，或將命令寫入工作。</translation>
    </message>
    <message>
        <source>Every restart starts again from step %1.</source>
        <translation>每次重啟都會從第 %1 步重新開始。</translation>
    </message>
    <message>
        <source>Every restart starts again from this checkpoint.</source>
        <translation>每次重啟都會從此檢查點重新開始。</translation>
    </message>
    <message>
        <source>Use the wrapper: it continues from the newest checkpoint of the new attempt.</source>
        <translation>請使用包裝程式：它會從新嘗試的最新檢查點繼續。</translation>
    </message>
    <message>
        <source>The job keeps only its last %1 checkpoints: if it saves once more while it stops, this one may be removed. It is checked again before anything changes.</source>
        <translation>工作只保留最近 %1 個檢查點：若它在停止期間再儲存一次，此檢查點可能被移除。進行任何變更前會再次檢查。</translation>
    </message>
    <message>
        <source>unsuspended with the changed template</source>
        <translation>已以變更後的範本解除暫停</translation>
    </message>
    <message>
        <source>rolling back</source>
        <translation>正在復原</translation>
    </message>
    <message>
        <source>It is not a JSON object.</source>
        <translation>它不是 JSON 物件。</translation>
    </message>
    <message>
        <source>The pod template of %1 was changed in the meantime.</source>
        <translation>%1 的 Pod 範本在其間已被變更。</translation>
    </message>
    <message>
        <source>Look at the job&apos;s YAML, then resume again or revert it by hand.</source>
        <translation>請查看工作的 YAML，再重新接續或手動改回。</translation>
    </message>
    <message>
        <source>a resume was started, and its record cannot be read</source>
        <translation>已開始接續，但無法讀取其記錄</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>第 %1 步</translation>
    </message>
    <message>
        <source>rolling back its resume from %1 was not finished</source>
        <translation>「從 %1 接續」的復原尚未完成</translation>
    </message>
    <message>
        <source>resume from %1 not finished; the job is %2</source>
        <translation>從 %1 的接續尚未完成；工作目前狀態：%2</translation>
    </message>
</context>
<context>
    <name>cairn::kit::Check</name>
    <message>
        <source>%1, %2</source>
        <comment>a filter and how many rows it has</comment>
        <translation>%1，%2</translation>
    </message>
</context>
<context>
    <name>cairn::kit::CheckList</name>
    <message>
        <source>passed</source>
        <translation>通過</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失敗</translation>
    </message>
    <message>
        <source>running</source>
        <translation>執行中</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>text of a check and its result</comment>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>cairn::kit::Chip</name>
    <message>
        <source>%1, %2</source>
        <comment>word and detail</comment>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>%1, remove</source>
        <translation>%1，移除</translation>
    </message>
</context>
<context>
    <name>cairn::kit::ContextCard</name>
    <message>
        <source>Not connected</source>
        <translation>未連線</translation>
    </message>
    <message>
        <source>Choose a context to start</source>
        <translation>請先選擇情境</translation>
    </message>
    <message>
        <source>live</source>
        <translation>即時</translation>
    </message>
    <message>
        <source>reconnecting</source>
        <translation>重新連線中</translation>
    </message>
    <message>
        <source>off</source>
        <translation>離線</translation>
    </message>
    <message>
        <source>Cluster %1, %2, %3</source>
        <comment>name, state of the link, details</comment>
        <translation>叢集 %1，%2，%3</translation>
    </message>
</context>
<context>
    <name>cairn::kit::DoctorSteps</name>
    <message>
        <source>Why</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Fix</source>
        <translation>解法</translation>
    </message>
    <message>
        <source>Step %1, %2: %3</source>
        <comment>number, title, result</comment>
        <translation>步驟 %1，%2：%3</translation>
    </message>
</context>
<context>
    <name>cairn::kit::KeyHint</name>
    <message>
        <source>%1: %2</source>
        <comment>key and what it does</comment>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>cairn::kit::NavItem</name>
    <message numerus="yes">
        <source>%1, %n problem(s)</source>
        <translation>
            <numerusform>%1，%n 個問題</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::kit::NoticeBell</name>
    <message numerus="yes">
        <source>Notifications, %n unread</source>
        <translation>
            <numerusform>通知，%n 則未讀</numerusform>
        </translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>通知</translation>
    </message>
</context>
<context>
    <name>cairn::kit::NoticeList</name>
    <message>
        <source>Notifications</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Clear all</source>
        <translation>全部清除</translation>
    </message>
    <message>
        <source>No notifications since Cairn was started.</source>
        <translation>Cairn 啟動以來沒有通知。</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <comment>when, what</comment>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>button of a notification, its title</comment>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>cairn::kit::ReplicaDots</name>
    <message>
        <source>%1 of %2 ready</source>
        <translation>%2 個中有 %1 個就緒</translation>
    </message>
</context>
<context>
    <name>cairn::kit::SearchField</name>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
</context>
<context>
    <name>cairn::kit::Segment</name>
    <message>
        <source>%1: none of %2</source>
        <comment>group, how many</comment>
        <translation>%1：共 %2 項，未選取</translation>
    </message>
    <message>
        <source>%1: %2, %3 of %4</source>
        <comment>group, chosen one, its place, how many</comment>
        <translation>%1：%2，第 %3 項，共 %4 項</translation>
    </message>
</context>
<context>
    <name>cairn::kit::StateView</name>
    <message>
        <source>Progress</source>
        <translation>進度</translation>
    </message>
    <message>
        <source>**Why** %1</source>
        <translation>**原因** %1</translation>
    </message>
    <message>
        <source>**Fix** %1</source>
        <translation>**解法** %1</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>複製</translation>
    </message>
    <message>
        <source>Copy the error</source>
        <translation>複製錯誤</translation>
    </message>
    <message>
        <source>Copy request for an admin</source>
        <translation>複製給管理員的要求</translation>
    </message>
</context>
<context>
    <name>cairn::kit::ToastCard</name>
    <message>
        <source>Close</source>
        <translation>關閉</translation>
    </message>
</context>
<context>
    <name>cairn::kit::ToastHost</name>
    <message>
        <source>%1. %2</source>
        <comment>title and text</comment>
        <translation>%1。%2</translation>
    </message>
</context>
<context>
    <name>cairn::kit::TrustMark</name>
    <message>
        <source>%1, %2</source>
        <comment>a value and the verdict on it</comment>
        <translation>%1，%2</translation>
    </message>
</context>
<context>
    <name>cairn::kit::UsageBar</name>
    <message>
        <source>unknown</source>
        <translation>不明</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>label and value</comment>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>cairn::kube</name>
    <message>
        <source>The certificate cannot be read.</source>
        <translation>無法讀取憑證。</translation>
    </message>
    <message>
        <source>It holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).</source>
        <translation>其中沒有 PEM 格式的憑證（-----BEGIN CERTIFICATE-----）。</translation>
    </message>
    <message>
        <source>The client certificate cannot be used.</source>
        <translation>無法使用用戶端憑證。</translation>
    </message>
    <message>
        <source>The certificate is not in PEM form.</source>
        <translation>憑證不是 PEM 格式。</translation>
    </message>
    <message>
        <source>Get the certificate again; it begins with -----BEGIN CERTIFICATE-----.</source>
        <translation>請重新取得憑證；其開頭為 -----BEGIN CERTIFICATE-----。</translation>
    </message>
    <message>
        <source>The private key is protected by a passphrase.</source>
        <translation>私密金鑰受密碼保護。</translation>
    </message>
    <message>
        <source>Remove the passphrase as for kubectl, for example with: openssl pkey -in KEY -out NEWKEY</source>
        <translation>請如 kubectl 所需移除密碼，例如：openssl pkey -in KEY -out NEWKEY</translation>
    </message>
    <message>
        <source>The private key is not in PEM form.</source>
        <translation>私密金鑰不是 PEM 格式。</translation>
    </message>
    <message>
        <source>Get the key again; it begins with -----BEGIN … PRIVATE KEY-----.</source>
        <translation>請重新取得金鑰；其開頭為 -----BEGIN … PRIVATE KEY-----。</translation>
    </message>
    <message>
        <source>The private key belongs to another certificate.</source>
        <translation>私密金鑰屬於另一張憑證。</translation>
    </message>
    <message>
        <source>Use the certificate and the key that were issued together.</source>
        <translation>請使用一起核發的憑證與金鑰。</translation>
    </message>
    <message>
        <source>valid %1 more</source>
        <translation>有效期尚餘 %1</translation>
    </message>
    <message>
        <source>ended %1</source>
        <translation>%1到期</translation>
    </message>
    <message>
        <source>The server is not a Kubernetes API.</source>
        <translation>此伺服器不是 Kubernetes API。</translation>
    </message>
    <message>
        <source>Check server in the kubeconfig; it should be the address of the API server, often with port 6443.</source>
        <translation>請檢查 kubeconfig 中的 server；應為 API 伺服器的位址，連接埠常為 6443。</translation>
    </message>
    <message>
        <source>It answered %1 with a web page.</source>
        <translation>它以 %1 回應，內容是網頁。</translation>
    </message>
    <message>
        <source>It answered %1 without a body.</source>
        <translation>它以 %1 回應，沒有內容。</translation>
    </message>
    <message>
        <source>It answered %1 with %2.</source>
        <translation>它以 %1 回應，內容是 %2。</translation>
    </message>
    <message>
        <source>It sends callers to another address.</source>
        <translation>它將呼叫者導向另一個位址。</translation>
    </message>
    <message>
        <source>It sends callers to %1, perhaps a sign-in page.</source>
        <translation>它將呼叫者導向 %1，可能是登入頁面。</translation>
    </message>
    <message>
        <source>The API server does not work properly.</source>
        <translation>API 伺服器運作不正常。</translation>
    </message>
    <message>
        <source>It answered %1: %2</source>
        <translation>它以 %1 回應：%2</translation>
    </message>
    <message>
        <source>Try again later, or ask whoever runs the cluster.</source>
        <translation>請稍後再試，或詢問叢集的管理者。</translation>
    </message>
    <message>
        <source>It answered 400; an API server does so when it is asked without TLS.</source>
        <translation>它以 400 回應；未使用 TLS 詢問時，API 伺服器會這樣回應。</translation>
    </message>
    <message>
        <source>Reachable</source>
        <translation>可連線</translation>
    </message>
    <message>
        <source>Reachable, read-only</source>
        <translation>可連線，唯讀</translation>
    </message>
    <message>
        <source>Reachable, limited</source>
        <translation>可連線，權限受限</translation>
    </message>
    <message>
        <source>Needs sign-in</source>
        <translation>需要登入</translation>
    </message>
    <message>
        <source>Certificate expired</source>
        <translation>憑證已過期</translation>
    </message>
    <message>
        <source>Exec plugin not found</source>
        <translation>找不到 exec 外掛程式</translation>
    </message>
    <message>
        <source>Not reachable</source>
        <translation>無法連線</translation>
    </message>
    <message>
        <source>Kubeconfig entry is broken</source>
        <translation>Kubeconfig 項目損壞</translation>
    </message>
    <message>
        <source>the server&apos;s certificate has expired</source>
        <translation>伺服器的憑證已過期</translation>
    </message>
    <message>
        <source>no answer in %1; VPN off?</source>
        <translation>%1 內無回應；VPN 未開啟？</translation>
    </message>
    <message>
        <source>%1 is not on the PATH of Cairn</source>
        <translation>%1 不在 Cairn 的 PATH 中</translation>
    </message>
    <message>
        <source>%1 needs your consent to run</source>
        <translation>執行 %1 需要您的同意</translation>
    </message>
    <message>
        <source>the server is up</source>
        <translation>伺服器運作中</translation>
    </message>
    <message>
        <source>the server does not accept the credential</source>
        <translation>伺服器不接受此認證資料</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>Ask whoever runs the cluster whether access reviews are switched off.</source>
        <translation>請詢問叢集的管理者是否關閉了存取審查。</translation>
    </message>
    <message>
        <source>Its answer to an access review has no status.</source>
        <translation>它對存取審查的回應沒有 status。</translation>
    </message>
    <message>
        <source>Check that the address names a Kubernetes API.</source>
        <translation>請檢查該位址是否為 Kubernetes API。</translation>
    </message>
    <message>
        <source>Run it in a terminal; it should print one ExecCredential in JSON.</source>
        <translation>請在終端機執行它；它應輸出一個 JSON 格式的 ExecCredential。</translation>
    </message>
    <message>
        <source>It printed nothing.</source>
        <translation>它沒有輸出。</translation>
    </message>
    <message>
        <source>What it printed is not JSON (at byte %1).</source>
        <translation>它的輸出不是 JSON（於位元組 %1）。</translation>
    </message>
    <message>
        <source>What it printed is not an ExecCredential.</source>
        <translation>它的輸出不是 ExecCredential。</translation>
    </message>
    <message>
        <source>The kubeconfig asks for %1, the program answered in %2.</source>
        <translation>kubeconfig 要求 %1，程式卻以 %2 回應。</translation>
    </message>
    <message>
        <source>no version</source>
        <translation>未標示版本</translation>
    </message>
    <message>
        <source>Set apiVersion of exec to the version the program speaks, or update the program.</source>
        <translation>請將 exec 的 apiVersion 設為程式所用的版本，或更新程式。</translation>
    </message>
    <message>
        <source>The answer has no status.</source>
        <translation>回應沒有 status。</translation>
    </message>
    <message>
        <source>The field %1 of the answer is not text.</source>
        <translation>回應的欄位 %1 不是文字。</translation>
    </message>
    <message>
        <source>It gave a key without its certificate.</source>
        <translation>它提供了金鑰，但沒有對應的憑證。</translation>
    </message>
    <message>
        <source>It gave a certificate without its key.</source>
        <translation>它提供了憑證，但沒有對應的金鑰。</translation>
    </message>
    <message>
        <source>The answer holds neither a token nor a certificate.</source>
        <translation>回應中沒有權杖也沒有憑證。</translation>
    </message>
    <message>
        <source>The token holds a line break or control character.</source>
        <translation>權杖含有換行或控制字元。</translation>
    </message>
    <message>
        <source>The field %1 of the answer is not a time.</source>
        <translation>回應的欄位 %1 不是時間。</translation>
    </message>
    <message>
        <source>The program %1 cannot sign in here.</source>
        <translation>程式 %1 無法在此登入。</translation>
    </message>
    <message>
        <source>Its interactiveMode is Always: it needs a terminal to ask questions.</source>
        <translation>其 interactiveMode 為 Always：它需要終端機來提問。</translation>
    </message>
    <message>
        <source>Sign in once in a terminal with kubectl, or set interactiveMode to IfAvailable.</source>
        <translation>請先在終端機以 kubectl 登入一次，或將 interactiveMode 設為 IfAvailable。</translation>
    </message>
    <message>
        <source>The program %1 was ended by signal %2.</source>
        <translation>程式 %1 被訊號 %2 終止。</translation>
    </message>
    <message>
        <source>The program %1 failed with exit code %2.</source>
        <translation>程式 %1 失敗，結束代碼 %2。</translation>
    </message>
    <message>
        <source>It said: %1</source>
        <translation>它的訊息：%1</translation>
    </message>
    <message>
        <source>Sign in again with its own tool, then try again.</source>
        <translation>請以它自己的工具重新登入，再試一次。</translation>
    </message>
    <message>
        <source>Correct the file, or set KUBERC=off to do without it.</source>
        <translation>請更正該檔案，或設定 KUBERC=off 以略過它。</translation>
    </message>
    <message>
        <source>It is not a Preference of kubectl.config.k8s.io.</source>
        <translation>它不是 kubectl.config.k8s.io 的 Preference。</translation>
    </message>
    <message>
        <source>credentialPluginPolicy is &quot;%1&quot;; it can be AllowAll, DenyAll or Allowlist.</source>
        <translation>credentialPluginPolicy 為「%1」；只能是 AllowAll、DenyAll 或 Allowlist。</translation>
    </message>
    <message>
        <source>credentialPluginAllowlist needs credentialPluginPolicy: Allowlist.</source>
        <translation>credentialPluginAllowlist 需要 credentialPluginPolicy: Allowlist。</translation>
    </message>
    <message>
        <source>The policy is Allowlist, but credentialPluginAllowlist is empty.</source>
        <translation>政策為 Allowlist，但 credentialPluginAllowlist 是空的。</translation>
    </message>
    <message>
        <source>An entry of credentialPluginAllowlist names no program.</source>
        <translation>credentialPluginAllowlist 中有一個項目未指定程式。</translation>
    </message>
    <message>
        <source>The system says: %1.</source>
        <translation>系統訊息：%1。</translation>
    </message>
    <message>
        <source>The program %1 cannot be started.</source>
        <translation>無法啟動程式 %1。</translation>
    </message>
    <message>
        <source>%1, or the interpreter it names, does not exist.</source>
        <translation>%1 或它指定的直譯器不存在。</translation>
    </message>
    <message>
        <source>Install it again, or correct the path.</source>
        <translation>請重新安裝，或更正路徑。</translation>
    </message>
    <message>
        <source>Make it executable, for example: chmod +x FILE</source>
        <translation>請將它設為可執行，例如：chmod +x FILE</translation>
    </message>
    <message>
        <source>%1 is not a program for this computer.</source>
        <translation>%1 不是適用於這台電腦的程式。</translation>
    </message>
    <message>
        <source>Install the version for this system.</source>
        <translation>請安裝適用於此系統的版本。</translation>
    </message>
    <message>
        <source>The program %1 did not finish.</source>
        <translation>程式 %1 未結束。</translation>
    </message>
    <message>
        <source>It was ended after %1.</source>
        <translation>%1 後將它終止。</translation>
    </message>
    <message>
        <source>Run it in a terminal to see what it waits for.</source>
        <translation>請在終端機執行，看它在等待什麼。</translation>
    </message>
    <message>
        <source>The program %1 prints too much.</source>
        <translation>程式 %1 輸出過多。</translation>
    </message>
    <message>
        <source>It printed more than %1.</source>
        <translation>它的輸出超過 %1。</translation>
    </message>
    <message>
        <source>Run it in a terminal and compare its output with its manual.</source>
        <translation>請在終端機執行，並與其使用手冊比對輸出。</translation>
    </message>
    <message>
        <source>The file %1 cannot be read.</source>
        <translation>無法讀取檔案 %1。</translation>
    </message>
    <message>
        <source>It does not exist.</source>
        <translation>它不存在。</translation>
    </message>
    <message>
        <source>Its symbolic links lead in a circle.</source>
        <translation>其符號連結形成迴圈。</translation>
    </message>
    <message>
        <source>It is a folder.</source>
        <translation>它是資料夾。</translation>
    </message>
    <message>
        <source>Name the file inside it.</source>
        <translation>請指定其中的檔案。</translation>
    </message>
    <message>
        <source>It is a pipe, socket or device, not a regular file.</source>
        <translation>它是管線、通訊端或裝置，不是一般檔案。</translation>
    </message>
    <message>
        <source>Write its content into a file and name that.</source>
        <translation>請將其內容寫入檔案並指定該檔案。</translation>
    </message>
    <message>
        <source>It is %1 large; at most %2 are read.</source>
        <translation>它的大小為 %1；最多讀取 %2。</translation>
    </message>
    <message>
        <source>Check that this is the right file.</source>
        <translation>請檢查是否為正確的檔案。</translation>
    </message>
    <message>
        <source>The server of cluster %1 is not a usable address</source>
        <translation>叢集 %1 的伺服器位址無法使用</translation>
    </message>
    <message>
        <source>Write it like https://192.0.2.1:6443.</source>
        <translation>請寫成 https://192.0.2.1:6443 的形式。</translation>
    </message>
    <message>
        <source>It holds a user name or password.</source>
        <translation>其中含有使用者名稱或密碼。</translation>
    </message>
    <message>
        <source>Move them to username and password of the user entry.</source>
        <translation>請將它們移到使用者項目的 username 與 password。</translation>
    </message>
    <message>
        <source>It is not a complete http or https URL.</source>
        <translation>它不是完整的 http 或 https URL。</translation>
    </message>
    <message>
        <source>%1 is not a complete http or https URL.</source>
        <translation>%1 不是完整的 http 或 https URL。</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>空值</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>數字</translation>
    </message>
    <message>
        <source>true or false</source>
        <translation>true 或 false</translation>
    </message>
    <message>
        <source>a list</source>
        <translation>清單</translation>
    </message>
    <message>
        <source>a map</source>
        <translation>對應表</translation>
    </message>
    <message>
        <source>The PATH of the login shell is not known.</source>
        <translation>登入 shell 的 PATH 不明。</translation>
    </message>
    <message>
        <source>The user has no login shell.</source>
        <translation>此使用者沒有登入 shell。</translation>
    </message>
    <message>
        <source>Cairn does not know the shell %1.</source>
        <translation>Cairn 不認識 shell %1。</translation>
    </message>
    <message>
        <source>Add the folder of the program for Cairn.</source>
        <translation>請為 Cairn 加入該程式的資料夾。</translation>
    </message>
    <message>
        <source>%1 did not print its environment.</source>
        <translation>%1 未輸出其環境變數。</translation>
    </message>
    <message>
        <source>The consent cannot be saved.</source>
        <translation>無法儲存同意。</translation>
    </message>
    <message numerus="yes">
        <source>valid %n more day(s)</source>
        <translation>
            <numerusform>還有 %n 天有效</numerusform>
        </translation>
    </message>
    <message>
        <source>Kubeconfig read</source>
        <translation>已讀取 Kubeconfig</translation>
    </message>
    <message>
        <source>Credential obtained</source>
        <translation>已取得認證資料</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>API reachable</source>
        <translation>API 可連線</translation>
    </message>
    <message>
        <source>Permissions</source>
        <translation>權限</translation>
    </message>
    <message>
        <source>The program will run once, at most %1; you may see a browser window.</source>
        <translation>程式會執行一次，最多 %1；您可能會看到瀏覽器視窗。</translation>
    </message>
    <message>
        <source>Exec plugin found</source>
        <translation>已找到 exec 外掛程式</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1 · no user · namespace %2</source>
        <translation>%1 · 無使用者 · 命名空間 %2</translation>
    </message>
    <message>
        <source>%1 · user %2 · namespace %3</source>
        <translation>%1 · 使用者 %2 · 命名空間 %3</translation>
    </message>
    <message>
        <source>%1. %2</source>
        <comment>two sentences; the second ends with its own full stop</comment>
        <translation>%1。%2</translation>
    </message>
    <message>
        <source>The program is not installed, or it lies in a folder Cairn does not know.</source>
        <translation>程式未安裝，或位於 Cairn 不知道的資料夾。</translation>
    </message>
    <message>
        <source>Cairn was started with a shorter PATH than it needs. The program is here: %1</source>
        <translation>Cairn 啟動時的 PATH 比所需的短。程式在這裡：%1</translation>
    </message>
    <message>
        <source>Add this folder for Cairn only.</source>
        <translation>只為 Cairn 加入此資料夾。</translation>
    </message>
    <message>
        <source>The client certificate of %1 has expired.</source>
        <translation>%1 的用戶端憑證已過期。</translation>
    </message>
    <message>
        <source>It %1.</source>
        <translation>憑證 %1。</translation>
    </message>
    <message>
        <source>Get a new kubeconfig from whoever runs the cluster; kubeadm clusters: kubeadm certs renew.</source>
        <translation>請向叢集的管理者取得新的 kubeconfig；kubeadm 叢集：kubeadm certs renew。</translation>
    </message>
    <message>
        <source>The client certificate of %1 is not valid yet.</source>
        <translation>%1 的用戶端憑證尚未生效。</translation>
    </message>
    <message>
        <source>Check the clock of this computer.</source>
        <translation>請檢查這台電腦的時鐘。</translation>
    </message>
    <message>
        <source>The program was not run.</source>
        <translation>未執行程式。</translation>
    </message>
    <message>
        <source>No credential: the server will see an anonymous caller.</source>
        <translation>沒有認證資料：伺服器會視為匿名呼叫者。</translation>
    </message>
    <message>
        <source>Client certificate %1 · %2</source>
        <translation>用戶端憑證 %1 · %2</translation>
    </message>
    <message>
        <source>Get a new kubeconfig before that.</source>
        <translation>請在到期前取得新的 kubeconfig。</translation>
    </message>
    <message>
        <source>Token from the kubeconfig</source>
        <translation>來自 kubeconfig 的權杖</translation>
    </message>
    <message>
        <source>Token from %1</source>
        <translation>來自 %1 的權杖</translation>
    </message>
    <message>
        <source>User name %1 with password</source>
        <translation>使用者名稱 %1 與密碼</translation>
    </message>
    <message>
        <source>Credential from %1 · %2</source>
        <translation>來自 %1 的認證資料 · %2</translation>
    </message>
    <message>
        <source>Credential from %1</source>
        <translation>來自 %1 的認證資料</translation>
    </message>
    <message>
        <source>%1 · acts as %2</source>
        <translation>%1 · 以 %2 的身分</translation>
    </message>
    <message>
        <source>The connection is not encrypted.</source>
        <translation>連線未加密。</translation>
    </message>
    <message>
        <source>Use an https address if the server has one.</source>
        <translation>若伺服器有 https 位址，請使用它。</translation>
    </message>
    <message>
        <source>The certificate of the server %1.</source>
        <translation>伺服器的憑證 %1。</translation>
    </message>
    <message>
        <source>The server shows a certificate of %1.</source>
        <translation>伺服器出示 %1 的憑證。</translation>
    </message>
    <message>
        <source>Put the cluster&apos;s CA into certificate-authority-data and remove insecure-skip-tls-verify.</source>
        <translation>請將叢集的 CA 放入 certificate-authority-data，並移除 insecure-skip-tls-verify。</translation>
    </message>
    <message>
        <source>Certificate matches the CA in the file · %1</source>
        <translation>憑證與檔案中的 CA 相符 · %1</translation>
    </message>
    <message>
        <source>Certificate is trusted by this computer · %1</source>
        <translation>憑證受這台電腦信任 · %1</translation>
    </message>
    <message>
        <source>Ask whoever runs the cluster to renew it.</source>
        <translation>請叢集的管理者更新它。</translation>
    </message>
    <message>
        <source>Kubernetes %1 · answered in %2 ms</source>
        <translation>Kubernetes %1 · %2 ms 內回應</translation>
    </message>
    <message>
        <source>Answers 403: the server is up and keeps its version to itself.</source>
        <translation>回應 403：伺服器運作中，但不透露版本。</translation>
    </message>
    <message>
        <source>Answers 401: the server is up and wants a sign-in.</source>
        <translation>回應 401：伺服器運作中，要求登入。</translation>
    </message>
    <message>
        <source>A proxy or gateway may stand in front of the API server.</source>
        <translation>API 伺服器前面可能有代理伺服器或閘道。</translation>
    </message>
    <message>
        <source>Sign in to the gateway, or check the address in the kubeconfig.</source>
        <translation>請登入閘道，或檢查 kubeconfig 中的位址。</translation>
    </message>
    <message>
        <source>The context names no credential, and the server lets nobody in without one.</source>
        <translation>情境未指定認證資料，而伺服器不允許匿名存取。</translation>
    </message>
    <message>
        <source>Get a kubeconfig with a user from whoever runs the cluster.</source>
        <translation>請向叢集的管理者取得含有使用者的 kubeconfig。</translation>
    </message>
    <message>
        <source>The server does not accept what %1 gave, even after another run.</source>
        <translation>伺服器不接受 %1 提供的認證資料，重新執行後也一樣。</translation>
    </message>
    <message>
        <source>Sign in again with its own tool; check that it is the right account for this cluster.</source>
        <translation>請以它自己的工具重新登入；並檢查帳號是否適用於此叢集。</translation>
    </message>
    <message>
        <source>The server does not accept the client certificate.</source>
        <translation>伺服器不接受用戶端憑證。</translation>
    </message>
    <message>
        <source>The server does not accept the credential: it is wrong, or it has expired.</source>
        <translation>伺服器不接受認證資料：可能有誤或已過期。</translation>
    </message>
    <message>
        <source>Sign in again, or get a new kubeconfig from whoever runs the cluster.</source>
        <translation>請重新登入，或向叢集的管理者取得新的 kubeconfig。</translation>
    </message>
    <message>
        <source>Stopped at step %1 of %2</source>
        <translation>停在步驟 %1，共 %2 步</translation>
    </message>
    <message>
        <source>Not finished</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>Everything works</source>
        <translation>一切正常</translation>
    </message>
    <message>
        <source>Only step %1 stands between you and the cluster: the network and the server are fine.</source>
        <translation>您與叢集之間只差步驟 %1：網路與伺服器都正常。</translation>
    </message>
    <message>
        <source>Step %1 stands between you and the cluster.</source>
        <translation>您與叢集之間卡在步驟 %1。</translation>
    </message>
    <message>
        <source>%1.</source>
        <comment>a whole sentence</comment>
        <translation>%1。</translation>
    </message>
    <message>
        <source>%1 says credentialPluginPolicy: DenyAll.</source>
        <translation>%1 設定了 credentialPluginPolicy: DenyAll。</translation>
    </message>
    <message>
        <source>It is not in credentialPluginAllowlist of %1.</source>
        <translation>它不在 %1 的 credentialPluginAllowlist 中。</translation>
    </message>
    <message>
        <source>Add it to credentialPluginAllowlist if you trust it.</source>
        <translation>若您信任它，請將它加入 credentialPluginAllowlist。</translation>
    </message>
    <message>
        <source>No kubeconfig was found</source>
        <translation>找不到 kubeconfig</translation>
    </message>
    <message>
        <source>KUBECONFIG names no file.</source>
        <translation>KUBECONFIG 未指定任何檔案。</translation>
    </message>
    <message>
        <source>None of these exists: %1</source>
        <translation>以下都不存在：%1</translation>
    </message>
    <message>
        <source>Get a kubeconfig from whoever runs the cluster, or start a demo cluster.</source>
        <translation>請向叢集的管理者取得 kubeconfig，或啟動示範叢集。</translation>
    </message>
    <message>
        <source>The current context %1 does not exist</source>
        <translation>目前的情境 %1 不存在</translation>
    </message>
    <message>
        <source>current-context names a context that no file holds.</source>
        <translation>current-context 指定的情境不在任何檔案中。</translation>
    </message>
    <message>
        <source>Choose another context, for example: kubectl config use-context NAME</source>
        <translation>請選擇其他情境，例如：kubectl config use-context NAME</translation>
    </message>
    <message>
        <source>The cluster %1 does not exist</source>
        <translation>叢集 %1 不存在</translation>
    </message>
    <message>
        <source>The context %1 names a cluster that no file holds.</source>
        <translation>情境 %1 指定的叢集不在任何檔案中。</translation>
    </message>
    <message>
        <source>Correct the name, or add the file with the cluster to KUBECONFIG.</source>
        <translation>請更正名稱，或將含有該叢集的檔案加入 KUBECONFIG。</translation>
    </message>
    <message>
        <source>The user %1 does not exist</source>
        <translation>使用者 %1 不存在</translation>
    </message>
    <message>
        <source>The context %1 names a user that no file holds.</source>
        <translation>情境 %1 指定的使用者不在任何檔案中。</translation>
    </message>
    <message>
        <source>Correct the name, or add the file with the user to KUBECONFIG.</source>
        <translation>請更正名稱，或將含有該使用者的檔案加入 KUBECONFIG。</translation>
    </message>
    <message>
        <source>The credential is not used</source>
        <translation>未使用認證資料</translation>
    </message>
    <message>
        <source>Get the certificate again, in PEM form.</source>
        <translation>請重新取得 PEM 格式的憑證。</translation>
    </message>
    <message>
        <source>No context is chosen.</source>
        <translation>未選擇情境。</translation>
    </message>
    <message>
        <source>The kubeconfig holds no context.</source>
        <translation>kubeconfig 中沒有情境。</translation>
    </message>
    <message>
        <source>The kubeconfig sets no current-context.</source>
        <translation>kubeconfig 未設定 current-context。</translation>
    </message>
    <message>
        <source>Name a context with --context, or choose one.</source>
        <translation>請以 --context 指定情境，或選擇一個。</translation>
    </message>
    <message>
        <source>The context %1 does not exist.</source>
        <translation>情境 %1 不存在。</translation>
    </message>
    <message>
        <source>The kubeconfig holds: %1.</source>
        <translation>kubeconfig 中有：%1。</translation>
    </message>
    <message>
        <source>Check the name, and KUBECONFIG where the context lies in another file.</source>
        <translation>請檢查名稱；若情境在其他檔案中，請檢查 KUBECONFIG。</translation>
    </message>
    <message>
        <source>The context %1 cannot be used: %2.</source>
        <translation>無法使用情境 %1：%2。</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>%1 is not text</source>
        <translation>%1 不是文字</translation>
    </message>
    <message>
        <source>Line %1 gives %2 where text belongs.</source>
        <translation>第 %1 行應為文字，實際為：%2。</translation>
    </message>
    <message>
        <source>Put the value in quotes.</source>
        <translation>請將值放入引號。</translation>
    </message>
    <message>
        <source>Correct the field in the file.</source>
        <translation>請更正檔案中的欄位。</translation>
    </message>
    <message>
        <source>%1 is neither true nor false</source>
        <translation>%1 既非 true 也非 false</translation>
    </message>
    <message>
        <source>Line %1 gives %2.</source>
        <translation>第 %1 行的內容為：%2。</translation>
    </message>
    <message>
        <source>Write true or false without quotes.</source>
        <translation>請寫 true 或 false，不加引號。</translation>
    </message>
    <message>
        <source>%1 is not a list of texts</source>
        <translation>%1 不是文字清單</translation>
    </message>
    <message>
        <source>Line %1 holds something else; numbers and true or false need quotes.</source>
        <translation>第 %1 行是其他內容；數字及 true 或 false 需要引號。</translation>
    </message>
    <message>
        <source>Write one text per line, each after a dash, in quotes where it looks like a number.</source>
        <translation>請每行寫一段文字，前面加連字號；看似數字者請加引號。</translation>
    </message>
    <message>
        <source>%1 cannot be decoded</source>
        <translation>無法解碼 %1</translation>
    </message>
    <message>
        <source>The value at line %1 is not base64.</source>
        <translation>第 %1 行的值不是 base64。</translation>
    </message>
    <message>
        <source>It may have been cut when it was copied. Get the file again, or name a file in %1.</source>
        <translation>它可能在複製時被截斷。請重新取得檔案，或在 %1 指定檔案。</translation>
    </message>
    <message>
        <source>The file of %1 cannot be read</source>
        <translation>無法讀取 %1 的檔案</translation>
    </message>
    <message>
        <source>Correct the path, or restore the file.</source>
        <translation>請更正路徑，或還原檔案。</translation>
    </message>
    <message>
        <source>Correct it, or take the file out of the list.</source>
        <translation>請更正它，或從清單中移除該檔案。</translation>
    </message>
    <message>
        <source>Check the path; it was named explicitly, so it must exist.</source>
        <translation>請檢查路徑；它是明確指定的，因此必須存在。</translation>
    </message>
    <message>
        <source>The kubeconfig %1 cannot be read.</source>
        <translation>無法讀取 kubeconfig %1。</translation>
    </message>
    <message>
        <source>The kubeconfig holds several documents</source>
        <translation>kubeconfig 含有多份文件</translation>
    </message>
    <message>
        <source>Put each document into a file of its own and name both in KUBECONFIG.</source>
        <translation>請將每份文件放入各自的檔案，並在 KUBECONFIG 中列出。</translation>
    </message>
    <message>
        <source>Check that the path names a kubeconfig.</source>
        <translation>請檢查路徑是否指向 kubeconfig。</translation>
    </message>
    <message>
        <source>This is not a kubeconfig</source>
        <translation>這不是 kubeconfig</translation>
    </message>
    <message>
        <source>It holds %1 where a map with clusters, users and contexts belongs.</source>
        <translation>應為含有 clusters、users 與 contexts 的對應表，實際為：%1。</translation>
    </message>
    <message>
        <source>It says that it is a %1.</source>
        <translation>它自稱為 %1。</translation>
    </message>
    <message>
        <source>This kubeconfig has an unknown version</source>
        <translation>此 kubeconfig 的版本不明</translation>
    </message>
    <message>
        <source>It says apiVersion %1; the only known one is v1.</source>
        <translation>其 apiVersion 為 %1；已知的只有 v1。</translation>
    </message>
    <message>
        <source>%1 is not a list</source>
        <translation>%1 不是清單</translation>
    </message>
    <message>
        <source>Line %1 holds %2.</source>
        <translation>第 %1 行的內容為：%2。</translation>
    </message>
    <message>
        <source>Write each entry after a dash, with a name.</source>
        <translation>請將每個項目寫在連字號之後，並附上名稱。</translation>
    </message>
    <message>
        <source>Entry %1 of %2 is skipped</source>
        <translation>略過 %2 的項目 %1</translation>
    </message>
    <message>
        <source>It holds %1 where a map with a name belongs.</source>
        <translation>應為含有名稱的對應表，實際為：%1。</translation>
    </message>
    <message>
        <source>Correct or remove the entry.</source>
        <translation>請更正或移除該項目。</translation>
    </message>
    <message>
        <source>It has no name.</source>
        <translation>它沒有名稱。</translation>
    </message>
    <message>
        <source>Give it a name, or remove it.</source>
        <translation>請為它命名，或將它移除。</translation>
    </message>
    <message>
        <source>%1 of %2 is not a map</source>
        <translation>%2 的 %1 不是對應表</translation>
    </message>
    <message>
        <source>Correct the entry.</source>
        <translation>請更正該項目。</translation>
    </message>
    <message>
        <source>The name %1 appears twice in %2</source>
        <translation>名稱 %1 在 %2 中出現兩次</translation>
    </message>
    <message>
        <source>Rename or remove one of the two.</source>
        <translation>請將其中一個重新命名或移除。</translation>
    </message>
    <message>
        <source>The cluster %1 has no server</source>
        <translation>叢集 %1 沒有伺服器</translation>
    </message>
    <message>
        <source>The field server is empty.</source>
        <translation>欄位 server 是空的。</translation>
    </message>
    <message>
        <source>Add the address of the API server, for example https://192.0.2.1:6443.</source>
        <translation>請加入 API 伺服器的位址，例如 https://192.0.2.1:6443。</translation>
    </message>
    <message>
        <source>The certificate authority is given twice</source>
        <translation>憑證授權單位重複指定</translation>
    </message>
    <message>
        <source>Both certificate-authority and certificate-authority-data are set.</source>
        <translation>certificate-authority 與 certificate-authority-data 都已設定。</translation>
    </message>
    <message>
        <source>Remove one of them.</source>
        <translation>請移除其中一個。</translation>
    </message>
    <message>
        <source>Remove insecure-skip-tls-verify to keep the connection safe.</source>
        <translation>請移除 insecure-skip-tls-verify 以確保連線安全。</translation>
    </message>
    <message>
        <source>proxy-url cannot be used</source>
        <translation>無法使用 proxy-url</translation>
    </message>
    <message>
        <source>It is not a complete URL.</source>
        <translation>它不是完整的 URL。</translation>
    </message>
    <message>
        <source>Its scheme is not http, https or socks5.</source>
        <translation>其配置不是 http、https 或 socks5。</translation>
    </message>
    <message>
        <source>Write it like http://proxy.example:3128.</source>
        <translation>請寫成 http://proxy.example:3128 的形式。</translation>
    </message>
    <message>
        <source>as-user-extra is not a map</source>
        <translation>as-user-extra 不是對應表</translation>
    </message>
    <message>
        <source>Correct the field.</source>
        <translation>請更正該欄位。</translation>
    </message>
    <message>
        <source>The impersonated identity cannot be sent</source>
        <translation>無法傳送模擬的身分</translation>
    </message>
    <message>
        <source>A value of as, as-uid, as-groups or as-user-extra holds a line break or control character.</source>
        <translation>as、as-uid、as-groups 或 as-user-extra 的值含有換行或控制字元。</translation>
    </message>
    <message>
        <source>Remove the character.</source>
        <translation>請移除該字元。</translation>
    </message>
    <message>
        <source>Impersonation lacks a user</source>
        <translation>模擬身分缺少使用者</translation>
    </message>
    <message>
        <source>as-uid, as-groups and as-user-extra need as beside them.</source>
        <translation>as-uid、as-groups 與 as-user-extra 必須搭配 as。</translation>
    </message>
    <message>
        <source>Add as with the user to impersonate, or remove the other fields.</source>
        <translation>請加入 as 並指定要模擬的使用者，或移除其他欄位。</translation>
    </message>
    <message>
        <source>exec is not a map</source>
        <translation>exec 不是對應表</translation>
    </message>
    <message>
        <source>interactiveMode %1 is unknown</source>
        <translation>interactiveMode %1 不明</translation>
    </message>
    <message>
        <source>It can be Never, IfAvailable or Always.</source>
        <translation>只能是 Never、IfAvailable 或 Always。</translation>
    </message>
    <message>
        <source>env is not a list</source>
        <translation>env 不是清單</translation>
    </message>
    <message>
        <source>Write each variable after a dash, with name and value.</source>
        <translation>請將每個變數寫在連字號之後，並附上 name 與 value。</translation>
    </message>
    <message>
        <source>A variable of the exec plugin has no usable name</source>
        <translation>exec 外掛程式有一個變數的名稱無法使用</translation>
    </message>
    <message>
        <source>The entry at line %1 of env has an empty name or one with an equals sign.</source>
        <translation>env 在第 %1 行的項目名稱是空的或含有等號。</translation>
    </message>
    <message>
        <source>Name the variable.</source>
        <translation>請為變數命名。</translation>
    </message>
    <message>
        <source>The client certificate is given twice</source>
        <translation>用戶端憑證重複指定</translation>
    </message>
    <message>
        <source>Both client-certificate and client-certificate-data are set.</source>
        <translation>client-certificate 與 client-certificate-data 都已設定。</translation>
    </message>
    <message>
        <source>The client key is given twice</source>
        <translation>用戶端金鑰重複指定</translation>
    </message>
    <message>
        <source>Both client-key and client-key-data are set.</source>
        <translation>client-key 與 client-key-data 都已設定。</translation>
    </message>
    <message>
        <source>The client certificate has no key</source>
        <translation>用戶端憑證沒有金鑰</translation>
    </message>
    <message>
        <source>Neither client-key nor client-key-data is set.</source>
        <translation>client-key 與 client-key-data 都未設定。</translation>
    </message>
    <message>
        <source>Add the key that belongs to the certificate.</source>
        <translation>請加入與憑證對應的金鑰。</translation>
    </message>
    <message>
        <source>The client key has no certificate</source>
        <translation>用戶端金鑰沒有憑證</translation>
    </message>
    <message>
        <source>Neither client-certificate nor client-certificate-data is set, so the key is not used.</source>
        <translation>client-certificate 與 client-certificate-data 都未設定，因此不會使用該金鑰。</translation>
    </message>
    <message>
        <source>Add the certificate that belongs to the key.</source>
        <translation>請加入與金鑰對應的憑證。</translation>
    </message>
    <message>
        <source>The user has more than one way to sign in</source>
        <translation>使用者有一種以上的登入方式</translation>
    </message>
    <message>
        <source>The token cannot be sent</source>
        <translation>無法傳送權杖</translation>
    </message>
    <message>
        <source>It holds a line break or control character.</source>
        <translation>它含有換行或控制字元。</translation>
    </message>
    <message>
        <source>Copy the token again, without line breaks.</source>
        <translation>請重新複製權杖，不要含有換行。</translation>
    </message>
    <message>
        <source>The user has two sign-in plugins</source>
        <translation>使用者有兩個登入外掛程式</translation>
    </message>
    <message>
        <source>Remove auth-provider; it is obsolete.</source>
        <translation>請移除 auth-provider；它已過時。</translation>
    </message>
    <message>
        <source>The sign-in method auth-provider %1 is not supported</source>
        <translation>不支援登入方式 auth-provider %1</translation>
    </message>
    <message>
        <source>Kubernetes removed it; Google Cloud signs in through the program gke-gcloud-auth-plugin.</source>
        <translation>Kubernetes 已將它移除；Google Cloud 透過程式 gke-gcloud-auth-plugin 登入。</translation>
    </message>
    <message>
        <source>Install gke-gcloud-auth-plugin and run: gcloud container clusters get-credentials CLUSTER</source>
        <translation>請安裝 gke-gcloud-auth-plugin 並執行：gcloud container clusters get-credentials CLUSTER</translation>
    </message>
    <message>
        <source>Kubernetes removed it; Azure signs in through the program kubelogin.</source>
        <translation>Kubernetes 已將它移除；Azure 透過程式 kubelogin 登入。</translation>
    </message>
    <message>
        <source>Install kubelogin and run: kubelogin convert-kubeconfig</source>
        <translation>請安裝 kubelogin 並執行：kubelogin convert-kubeconfig</translation>
    </message>
    <message>
        <source>Cairn signs in to OpenID Connect through an exec plugin, which can also renew the token.</source>
        <translation>Cairn 透過 exec 外掛程式登入 OpenID Connect，它也能更新權杖。</translation>
    </message>
    <message>
        <source>Use an exec plugin such as kubectl oidc-login (kubelogin): kubectl oidc-login setup</source>
        <translation>請使用 exec 外掛程式，例如 kubectl oidc-login（kubelogin）：kubectl oidc-login setup</translation>
    </message>
    <message>
        <source>Kubernetes does not know this auth-provider.</source>
        <translation>Kubernetes 不認識此 auth-provider。</translation>
    </message>
    <message>
        <source>Ask the provider of the file for one with an exec plugin, a token or a client certificate.</source>
        <translation>請向檔案提供者索取使用 exec 外掛程式、權杖或用戶端憑證的檔案。</translation>
    </message>
    <message>
        <source>The exec plugin has no command</source>
        <translation>exec 外掛程式沒有命令</translation>
    </message>
    <message>
        <source>The field command of exec is empty.</source>
        <translation>exec 的欄位 command 是空的。</translation>
    </message>
    <message>
        <source>Name the program to run.</source>
        <translation>請指定要執行的程式。</translation>
    </message>
    <message>
        <source>Write client.authentication.k8s.io/v1 if the plugin is recent, else …/v1beta1.</source>
        <translation>若外掛程式較新，請寫 client.authentication.k8s.io/v1，否則寫 …/v1beta1。</translation>
    </message>
    <message>
        <source>The exec plugin has no apiVersion</source>
        <translation>exec 外掛程式沒有 apiVersion</translation>
    </message>
    <message>
        <source>The field apiVersion of exec is empty.</source>
        <translation>exec 的欄位 apiVersion 是空的。</translation>
    </message>
    <message>
        <source>The exec plugin&apos;s apiVersion is too old</source>
        <translation>exec 外掛程式的 apiVersion 太舊</translation>
    </message>
    <message>
        <source>Kubernetes removed v1alpha1.</source>
        <translation>Kubernetes 已移除 v1alpha1。</translation>
    </message>
    <message>
        <source>Update the plugin and let it write the kubeconfig again.</source>
        <translation>請更新外掛程式，並讓它重新寫入 kubeconfig。</translation>
    </message>
    <message>
        <source>The exec plugin&apos;s apiVersion %1 is unknown</source>
        <translation>exec 外掛程式的 apiVersion %1 不明</translation>
    </message>
    <message>
        <source>Known are client.authentication.k8s.io/v1 and client.authentication.k8s.io/v1beta1.</source>
        <translation>已知的是 client.authentication.k8s.io/v1 與 client.authentication.k8s.io/v1beta1。</translation>
    </message>
    <message>
        <source>The exec plugin lacks interactiveMode</source>
        <translation>exec 外掛程式缺少 interactiveMode</translation>
    </message>
    <message>
        <source>With client.authentication.k8s.io/v1 the field is required.</source>
        <translation>使用 client.authentication.k8s.io/v1 時，此欄位為必填。</translation>
    </message>
    <message>
        <source>Add interactiveMode: IfAvailable to exec.</source>
        <translation>請在 exec 加入 interactiveMode: IfAvailable。</translation>
    </message>
    <message>
        <source>The context %1 names no cluster</source>
        <translation>情境 %1 未指定叢集</translation>
    </message>
    <message>
        <source>The field cluster is empty.</source>
        <translation>欄位 cluster 是空的。</translation>
    </message>
    <message>
        <source>Name one of the clusters in the file.</source>
        <translation>請指定檔案中的一個叢集。</translation>
    </message>
    <message>
        <source>The program %1 was not found.</source>
        <translation>找不到程式 %1。</translation>
    </message>
    <message>
        <source>It exists, but it is not an executable file.</source>
        <translation>它存在，但不是可執行檔。</translation>
    </message>
    <message>
        <source>There is no such file.</source>
        <translation>沒有這個檔案。</translation>
    </message>
    <message>
        <source>Correct command in the kubeconfig, or install the program.</source>
        <translation>請更正 kubeconfig 中的 command，或安裝該程式。</translation>
    </message>
    <message>
        <source>%1 is not in any of these folders: %2</source>
        <translation>%1 不在以下任何資料夾中：%2</translation>
    </message>
    <message>
        <source>Install the program, or add its folder for Cairn.</source>
        <translation>請安裝該程式，或為 Cairn 加入其資料夾。</translation>
    </message>
    <message>
        <source>The certificate authority of cluster &quot;%1&quot; cannot be read.</source>
        <translation>無法讀取叢集「%1」的憑證授權單位。</translation>
    </message>
    <message>
        <source>Get the kubeconfig again from whoever runs the cluster.</source>
        <translation>請向叢集的管理者重新取得 kubeconfig。</translation>
    </message>
    <message>
        <source>The token file %1 cannot be used.</source>
        <translation>無法使用權杖檔案 %1。</translation>
    </message>
    <message>
        <source>It is empty.</source>
        <translation>它是空的。</translation>
    </message>
    <message>
        <source>It holds more than one line.</source>
        <translation>它有超過一行。</translation>
    </message>
    <message>
        <source>Write the token into it, or sign in again with the tool that writes it.</source>
        <translation>請將權杖寫入其中，或以寫入它的工具重新登入。</translation>
    </message>
    <message>
        <source>Sign in again with the tool that writes the token file.</source>
        <translation>請以寫入該權杖檔案的工具重新登入。</translation>
    </message>
    <message>
        <source>The user &quot;%1&quot; has no exec plugin.</source>
        <translation>使用者「%1」沒有 exec 外掛程式。</translation>
    </message>
    <message>
        <source>The context &quot;%1&quot; signs in through a program of this computer, which needs your consent.</source>
        <translation>情境「%1」透過這台電腦上的程式登入，需要您的同意。</translation>
    </message>
    <message>
        <source>It would run: %1</source>
        <translation>它會執行：%1</translation>
    </message>
    <message>
        <source>It would run: %1 (with the variables %2)</source>
        <translation>它會執行：%1（含變數 %2）</translation>
    </message>
    <message>
        <source>Allow it if you trust %1; cairnctl takes --allow-exec.</source>
        <translation>若您信任 %1 請允許；cairnctl 使用 --allow-exec。</translation>
    </message>
    <message>
        <source>Check the permissions of %1.</source>
        <translation>請檢查 %1 的權限。</translation>
    </message>
    <message>
        <source>The folder %1 cannot be created.</source>
        <translation>無法建立資料夾 %1。</translation>
    </message>
    <message>
        <source>Another Cairn holds %1.lock for more than two seconds.</source>
        <translation>另一個 Cairn 已占用 %1.lock 超過兩秒。</translation>
    </message>
    <message>
        <source>Try again; if no other Cairn runs, delete that file.</source>
        <translation>請再試一次；若沒有其他 Cairn 在執行，請刪除該檔案。</translation>
    </message>
    <message>
        <source>The consent was not saved.</source>
        <translation>未儲存同意。</translation>
    </message>
    <message>
        <source>%1, or a file that it is told to use, was changed while the question was open.</source>
        <translation>%1 或指定它使用的某個檔案，在詢問期間被變更了。</translation>
    </message>
    <message>
        <source>Look at what would run now, and answer again.</source>
        <translation>請查看現在會執行的內容，再重新回答。</translation>
    </message>
    <message>
        <source>%1 permissions to check: list jobs, read logs, create jobs, read PVCs, …</source>
        <translation>要檢查 %1 項權限：列出工作、讀取記錄、建立工作、讀取 PVC…</translation>
    </message>
    <message>
        <source>It becomes valid on %1.</source>
        <translation>它自 %1 起生效。</translation>
    </message>
    <message>
        <source>The certificate expires soon.</source>
        <translation>憑證即將到期。</translation>
    </message>
    <message>
        <source>The server&apos;s address starts with http.</source>
        <translation>伺服器的位址以 http 開頭。</translation>
    </message>
    <message>
        <source>Encrypted, but the server&apos;s identity is not verified.</source>
        <translation>已加密，但未驗證伺服器的身分。</translation>
    </message>
    <message>
        <source>The kubeconfig sets insecure-skip-tls-verify: anyone on the network path can read and change everything.</source>
        <translation>kubeconfig 設定了 insecure-skip-tls-verify：網路路徑上的任何人都能讀取並竄改一切。</translation>
    </message>
    <message>
        <source>The server&apos;s certificate expires soon.</source>
        <translation>伺服器的憑證即將到期。</translation>
    </message>
    <message>
        <source>Answers %1, but not like a Kubernetes API.</source>
        <translation>回應 %1，但不像 Kubernetes API。</translation>
    </message>
    <message>
        <source>It may belong to another cluster, or the cluster was recreated: get a new kubeconfig.</source>
        <translation>它可能屬於另一個叢集，或叢集已重建：請取得新的 kubeconfig。</translation>
    </message>
    <message>
        <source>%1 of %2 permissions in namespace %3</source>
        <translation>命名空間 %3 的權限 %1/%2</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to: %1.</source>
        <translation>您無權：%1。</translation>
    </message>
    <message>
        <source>Ask whoever runs the cluster for a Role with these permissions in the namespace %1.</source>
        <translation>請向叢集的管理者申請在命名空間 %1 具有這些權限的 Role。</translation>
    </message>
    <message numerus="yes">
        <source>Works, with %n warning(s)</source>
        <translation>
            <numerusform>可用，有 %n 項警告</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 steps failed; start with step %2.</source>
        <translation>%1 個步驟失敗；請從步驟 %2 開始。</translation>
    </message>
    <message>
        <source>data of an unknown kind</source>
        <translation>不明類型的資料</translation>
    </message>
    <message>
        <source>%1 · permissions unknown</source>
        <translation>%1 · 權限不明</translation>
    </message>
    <message>
        <source>%1 of %2 permissions</source>
        <translation>權限 %1/%2</translation>
    </message>
    <message>
        <source>The server did not say which permissions you have.</source>
        <translation>伺服器未說明您有哪些權限。</translation>
    </message>
    <message>
        <source>The program %1 returned no credential.</source>
        <translation>程式 %1 未傳回認證資料。</translation>
    </message>
    <message>
        <source>The token is a placeholder, not a token.</source>
        <translation>權杖只是佔位文字，不是真正的權杖。</translation>
    </message>
    <message>
        <source>It did not say why.</source>
        <translation>它沒有說明原因。</translation>
    </message>
    <message>
        <source>The preferences file %1 cannot be parsed.</source>
        <translation>無法剖析偏好設定檔 %1。</translation>
    </message>
    <message>
        <source>The program %1 is not allowed to run.</source>
        <translation>不允許執行程式 %1。</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to run %1.</source>
        <translation>您無權執行 %1。</translation>
    </message>
    <message>
        <source>Rename one of the two, or use one file by itself: --kubeconfig FILE.</source>
        <translation>請將其中一個重新命名，或單獨使用一個檔案：--kubeconfig FILE。</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to read it.</source>
        <translation>您無權讀取它。</translation>
    </message>
    <message>
        <source>Change its owner or its permissions, for example: chmod u+r FILE</source>
        <translation>請變更其擁有者或權限，例如：chmod u+r FILE</translation>
    </message>
    <message>
        <source>%1 comes first and has one of the same name, which wins, as in kubectl.</source>
        <translation>%1 在前且有同名的項目，與 kubectl 相同，以它為準。</translation>
    </message>
    <message>
        <source>The cluster %1 of this file is hidden</source>
        <translation>此檔案中的叢集 %1 被遮蔽</translation>
    </message>
    <message>
        <source>The user %1 of this file is hidden</source>
        <translation>此檔案中的使用者 %1 被遮蔽</translation>
    </message>
    <message>
        <source>The context %1 of this file is hidden</source>
        <translation>此檔案中的情境 %1 被遮蔽</translation>
    </message>
    <message>
        <source>This context talks to a cluster of another file</source>
        <translation>此情境連到另一個檔案中的叢集</translation>
    </message>
    <message>
        <source>Its own file says that the cluster %1 is %2, but %3 comes first, and there it is %4.</source>
        <translation>它自己的檔案說叢集 %1 是 %2，但 %3 排在前面，其中的是 %4。</translation>
    </message>
    <message>
        <source>This context signs in as a user of another file</source>
        <translation>此情境以另一個檔案中的使用者登入</translation>
    </message>
    <message>
        <source>Its own file has a user %1, but %2 comes first, and its user %1 is the one that is used.</source>
        <translation>它自己的檔案有使用者 %1，但 %2 在前，採用的是後者的使用者 %1。</translation>
    </message>
    <message>
        <source>Another context of this name is hidden</source>
        <translation>另一個同名的情境被遮蔽</translation>
    </message>
    <message>
        <source>%1 has a context %2 too, for %3. It cannot be reached under this name.</source>
        <translation>%1 也有情境 %2，指向 %3。無法以此名稱使用它。</translation>
    </message>
    <message>
        <source>The server is not https; a credential would cross the network in plain text.</source>
        <translation>伺服器不是 https；認證資料會以明文經過網路。</translation>
    </message>
    <message>
        <source>The credentials were left out when this file was written</source>
        <translation>寫入此檔案時略去了認證資料</translation>
    </message>
    <message>
        <source>%1 holds %2, which kubectl config view writes in place of certificates, keys, tokens and passwords.</source>
        <translation>%1 的內容是 %2，這是 kubectl config view 用來取代憑證、金鑰、權杖與密碼的文字。</translation>
    </message>
    <message>
        <source>Write the file again with: kubectl config view --raw</source>
        <translation>請以此命令重新寫入檔案：kubectl config view --raw</translation>
    </message>
    <message>
        <source>The certificate authority of the cluster %1 cannot be read</source>
        <translation>無法讀取叢集 %1 的憑證授權單位</translation>
    </message>
    <message>
        <source>certificate-authority-data holds no certificate in PEM form.</source>
        <translation>certificate-authority-data 中沒有 PEM 格式的憑證。</translation>
    </message>
    <message>
        <source>%1 holds no certificate in PEM form.</source>
        <translation>%1 中沒有 PEM 格式的憑證。</translation>
    </message>
    <message>
        <source>Get the kubeconfig again; decoded, the value begins with -----BEGIN CERTIFICATE-----.</source>
        <translation>請重新取得 kubeconfig；該值解碼後的開頭為 -----BEGIN CERTIFICATE-----。</translation>
    </message>
    <message>
        <source>Only the first one is used, as in kubectl.</source>
        <translation>與 kubectl 相同，只採用第一個。</translation>
    </message>
    <message>
        <source>It is ambiguous which one is meant; kubectl rejects the whole file.</source>
        <translation>無法判斷指的是哪一個；kubectl 會拒絕整個檔案。</translation>
    </message>
    <message>
        <source>The certificate authority conflicts with insecure-skip-tls-verify</source>
        <translation>憑證授權單位與 insecure-skip-tls-verify 衝突</translation>
    </message>
    <message>
        <source>A server cannot be both verified and not verified; kubectl rejects this as well.</source>
        <translation>伺服器不能同時驗證又不驗證；kubectl 也會拒絕。</translation>
    </message>
    <message>
        <source>A token and a user name with password are mutually exclusive.</source>
        <translation>權杖與使用者名稱加密碼不可並用。</translation>
    </message>
    <message>
        <source>exec and auth-provider are mutually exclusive.</source>
        <translation>exec 與 auth-provider 不可並用。</translation>
    </message>
    <message>
        <source>Correct the line, or check that the path names a kubeconfig.</source>
        <translation>請更正該行，或檢查路徑是否指向 kubeconfig。</translation>
    </message>
    <message>
        <source>It holds a placeholder in place of a token.</source>
        <translation>其中是佔位文字，而非權杖。</translation>
    </message>
</context>
<context>
    <name>cairn::kube::ApiAnswer</name>
    <message>
        <source>This is not a Kubernetes API server</source>
        <translation>這不是 Kubernetes API 伺服器</translation>
    </message>
    <message>
        <source>Check the server address in the kubeconfig, and whether a proxy or sign-in page stands in between.</source>
        <translation>請檢查 kubeconfig 中的伺服器位址，以及中間是否有代理伺服器或登入頁面。</translation>
    </message>
    <message>
        <source>It answered with a web page.</source>
        <translation>它以網頁回應。</translation>
    </message>
    <message>
        <source>It answered with a web page and status %1.</source>
        <translation>它以網頁與狀態 %1 回應。</translation>
    </message>
    <message>
        <source>It answered with status %1 and redirects to “%2”.</source>
        <translation>它回應狀態 %1 並轉往「%2」。</translation>
    </message>
    <message>
        <source>Its answer is not a JSON object.</source>
        <translation>其回應不是 JSON 物件。</translation>
    </message>
    <message>
        <source>Its answer is not JSON: %1 at byte %2.</source>
        <translation>其回應不是 JSON：%1，位於第 %2 位元組。</translation>
    </message>
</context>
<context>
    <name>cairn::kube::ApiPath</name>
    <message>
        <source>“%1” cannot be the name of an object</source>
        <translation>「%1」不能作為物件的名稱</translation>
    </message>
    <message>
        <source>A name is not empty, not “.” or “..”, and holds no “/” and no “%”.</source>
        <translation>名稱不得為空、「.」或「..」，也不得含有「/」與「%」。</translation>
    </message>
    <message>
        <source>“%1” is not the name of a resource</source>
        <translation>「%1」不是資源的名稱</translation>
    </message>
    <message>
        <source>%1 “%2” needs a namespace</source>
        <translation>%1「%2」需要命名空間</translation>
    </message>
</context>
<context>
    <name>cairn::kube::Cluster</name>
    <message>
        <source>The server gives the same page of %1 again and again</source>
        <translation>伺服器一再傳回 %1 的同一頁</translation>
    </message>
    <message>
        <source>The list of %1 could not be read to its end</source>
        <translation>%1 的清單無法讀到結尾</translation>
    </message>
    <message>
        <source>A new %1 needs a namespace</source>
        <translation>新的 %1 需要命名空間</translation>
    </message>
    <message>
        <source>The patch for “%1” has the wrong form</source>
        <translation>「%1」的修補格式錯誤</translation>
    </message>
    <message>
        <source>This is not a Kubernetes API server</source>
        <translation>這不是 Kubernetes API 伺服器</translation>
    </message>
    <message>
        <source>It does not tell a Kubernetes version.</source>
        <translation>它未提供 Kubernetes 版本。</translation>
    </message>
    <message>
        <source>Check the server address in the kubeconfig.</source>
        <translation>請檢查 kubeconfig 中的伺服器位址。</translation>
    </message>
    <message>
        <source>No command was given</source>
        <translation>未指定命令</translation>
    </message>
    <message>
        <source>The connection ended before the command&apos;s exit code came.</source>
        <translation>連線在收到命令的結束代碼之前就已中斷。</translation>
    </message>
    <message>
        <source>“%1” did not give what it was asked for</source>
        <translation>「%1」未給出所要求的內容</translation>
    </message>
    <message>
        <source>It answered with status %1.</source>
        <translation>它以狀態 %1 回應。</translation>
    </message>
    <message>
        <source>The server&apos;s answer is no list of %1</source>
        <translation>伺服器的回應不是 %1 的清單</translation>
    </message>
</context>
<context>
    <name>cairn::kube::Discovery</name>
    <message>
        <source>The API group %1 does not answer</source>
        <translation>API 群組 %1 沒有回應</translation>
    </message>
    <message>
        <source>Check its APIService and the pods behind it: kubectl get apiservices.</source>
        <translation>請檢查其 APIService 與背後的 Pod：kubectl get apiservices。</translation>
    </message>
    <message>
        <source>The API server cannot reach what serves it.</source>
        <translation>API 伺服器無法連線到提供它的服務。</translation>
    </message>
    <message>
        <source>There was no time left to ask it: others took too long.</source>
        <translation>其他群組耗時過久，來不及詢問它。</translation>
    </message>
</context>
<context>
    <name>cairn::kube::OpenApi</name>
    <message>
        <source>The server publishes no schema for %1</source>
        <translation>伺服器未發布 %1 的結構描述</translation>
    </message>
    <message>
        <source>It has no OpenAPI v3, which Kubernetes has since 1.24.</source>
        <translation>它沒有 OpenAPI v3；Kubernetes 自 1.24 起提供。</translation>
    </message>
    <message>
        <source>Its OpenAPI v3 does not hold this API group and version.</source>
        <translation>其 OpenAPI v3 不含此 API 群組與版本。</translation>
    </message>
    <message>
        <source>Without it, only the server itself can check an object: by a dry run.</source>
        <translation>沒有它時，只有伺服器本身能以 dry run 檢查物件。</translation>
    </message>
</context>
<context>
    <name>cairn::kube::WatchLoop</name>
    <message>
        <source>The server gives the same page of %1 again and again</source>
        <translation>伺服器一再給出 %1 的同一頁</translation>
    </message>
</context>
<context>
    <name>cairn::logs::LogView</name>
    <message>
        <source>Log</source>
        <translation>記錄</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>複製</translation>
    </message>
    <message>
        <source>Go to the first error</source>
        <translation>前往第一個錯誤</translation>
    </message>
    <message>
        <source>The pattern is invalid at position %1: %2. Fix it or search for plain text.</source>
        <translation>規則運算式在位置 %1 無效：%2。請修正，或改為搜尋純文字。</translation>
    </message>
</context>
<context>
    <name>cairn::manifest</name>
    <message>
        <source>The YAML cannot be read.</source>
        <translation>無法讀取 YAML。</translation>
    </message>
    <message>
        <source>The YAML cannot be read at line %1, column %2.</source>
        <translation>無法讀取 YAML，位於第 %1 行第 %2 欄。</translation>
    </message>
    <message>
        <source>It has %1, more than the %2 that are read.</source>
        <translation>其大小為 %1，超過可讀取的 %2。</translation>
    </message>
    <message>
        <source>Split it into smaller files.</source>
        <translation>請分割成較小的檔案。</translation>
    </message>
    <message>
        <source>It is not UTF-8 text.</source>
        <translation>它不是 UTF-8 文字。</translation>
    </message>
    <message>
        <source>Save the file as UTF-8.</source>
        <translation>請將檔案儲存為 UTF-8。</translation>
    </message>
    <message>
        <source>It holds nothing.</source>
        <translation>它沒有內容。</translation>
    </message>
    <message>
        <source>It holds several documents.</source>
        <translation>它含有多份文件。</translation>
    </message>
    <message>
        <source>Write exactly one object.</source>
        <translation>請只寫一個物件。</translation>
    </message>
    <message>
        <source>Write the value out.</source>
        <translation>請直接寫出該值。</translation>
    </message>
    <message>
        <source>Quote it or write a finite number.</source>
        <translation>請加引號，或寫有限的數字。</translation>
    </message>
    <message>
        <source>It holds more than %1 values once its aliases are written out.</source>
        <translation>別名展開後，它有超過 %1 個值。</translation>
    </message>
    <message>
        <source>Remove the tag; Kubernetes objects need none.</source>
        <translation>請移除標記；Kubernetes 物件不需要。</translation>
    </message>
    <message>
        <source>A key is not text.</source>
        <translation>鍵不是文字。</translation>
    </message>
    <message>
        <source>Remove one of the two.</source>
        <translation>請移除其中一個。</translation>
    </message>
    <message>
        <source>A key is missing.</source>
        <translation>缺少鍵。</translation>
    </message>
    <message>
        <source>Write the key before the colon.</source>
        <translation>請在冒號前寫上鍵。</translation>
    </message>
    <message>
        <source>Merge maps only.</source>
        <translation>只能合併對應表。</translation>
    </message>
    <message>
        <source>Use text as a key.</source>
        <translation>請以文字作為鍵。</translation>
    </message>
    <message>
        <source>Flatten it.</source>
        <translation>請減少巢狀層數。</translation>
    </message>
    <message>
        <source>The text cannot be changed.</source>
        <translation>無法變更文字。</translation>
    </message>
    <message>
        <source>No way to write this change reads back with the intended value.</source>
        <translation>沒有任何寫法在讀回時與此變更的意思相符。</translation>
    </message>
    <message>
        <source>Change the text by hand, and report what it looks like.</source>
        <translation>請手動變更文字，並回報其內容。</translation>
    </message>
    <message>
        <source>It has no such document.</source>
        <translation>沒有這份文件。</translation>
    </message>
    <message>
        <source>Check the path against the text.</source>
        <translation>請對照文字檢查路徑。</translation>
    </message>
    <message>
        <source>What is to be moved does not exist.</source>
        <translation>要移動的內容不存在。</translation>
    </message>
    <message>
        <source>%1 cannot be changed.</source>
        <translation>無法變更：%1。</translation>
    </message>
    <message>
        <source>The document</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Check the path against the document.</source>
        <translation>請對照文件檢查路徑。</translation>
    </message>
    <message>
        <source>It is the whole document.</source>
        <translation>它是整份文件。</translation>
    </message>
    <message>
        <source>It does not exist.</source>
        <translation>它不存在。</translation>
    </message>
    <message>
        <source>Its parent is not a map.</source>
        <translation>其上層不是對應表。</translation>
    </message>
    <message>
        <source>Its parent is not a list.</source>
        <translation>其上層不是清單。</translation>
    </message>
    <message>
        <source>It already exists.</source>
        <translation>它已經存在。</translation>
    </message>
    <message>
        <source>Fix the patch.</source>
        <translation>請修正修補內容。</translation>
    </message>
    <message>
        <source>Operation %1 of the JSON patch cannot be applied.</source>
        <translation>無法套用 JSON patch 的操作 %1。</translation>
    </message>
    <message>
        <source>Its op is not one of add, remove, replace, move, copy or test.</source>
        <translation>其 op 不是 add、remove、replace、move、copy 或 test。</translation>
    </message>
    <message>
        <source>It has no value.</source>
        <translation>它沒有 value。</translation>
    </message>
    <message>
        <source>It has no path.</source>
        <translation>它沒有 path。</translation>
    </message>
    <message>
        <source>A value cannot be moved into itself.</source>
        <translation>值不能移到自身之內。</translation>
    </message>
    <message>
        <source>Its source does not exist.</source>
        <translation>其來源不存在。</translation>
    </message>
    <message>
        <source>Its path leads nowhere.</source>
        <translation>其 path 指向不存在的位置。</translation>
    </message>
    <message>
        <source>The value is not what its test expects.</source>
        <translation>值與其測試所預期的不同。</translation>
    </message>
    <message>
        <source>$patch is not one of replace, delete or merge.</source>
        <translation>$patch 不是 replace、delete 或 merge。</translation>
    </message>
    <message>
        <source>The strategic merge patch cannot be applied.</source>
        <translation>無法套用 strategic merge patch。</translation>
    </message>
    <message>
        <source>An item of %1 has no %2.</source>
        <translation>%1 中有一個項目沒有 %2。</translation>
    </message>
    <message>
        <source>It is not a map.</source>
        <translation>它不是對應表。</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>空值</translation>
    </message>
    <message>
        <source>a boolean</source>
        <translation>布林值</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>數字</translation>
    </message>
    <message>
        <source>a string</source>
        <translation>字串</translation>
    </message>
    <message>
        <source>a list</source>
        <translation>清單</translation>
    </message>
    <message>
        <source>a map</source>
        <translation>對應表</translation>
    </message>
    <message>
        <source>an integer</source>
        <translation>整數</translation>
    </message>
    <message>
        <source>This is empty; expected %1.</source>
        <translation>這裡是空的，應為 %1。</translation>
    </message>
    <message>
        <source>This is %1; expected an integer or a string.</source>
        <translation>這是 %1，應為整數或字串。</translation>
    </message>
    <message>
        <source>This is %1; expected %2.</source>
        <translation>這是 %1，應為 %2。</translation>
    </message>
    <message>
        <source>Put it in quotes.</source>
        <translation>請加上引號。</translation>
    </message>
    <message>
        <source>This is %1; expected one of: %2.</source>
        <translation>這是 %1，應為下列之一：%2。</translation>
    </message>
    <message>
        <source>This matches more than one of the alternatives; exactly one is allowed.</source>
        <translation>這符合不只一種形式，只能符合其中一種。</translation>
    </message>
    <message>
        <source>This has a form that is not allowed here.</source>
        <translation>此處不允許這種格式。</translation>
    </message>
    <message>
        <source>%1 is not one of: %2.</source>
        <translation>%1 不是下列之一：%2。</translation>
    </message>
    <message>
        <source>Did you mean %1?</source>
        <translation>您是指 %1 嗎？</translation>
    </message>
    <message>
        <source>This must not be empty.</source>
        <translation>此處不得為空。</translation>
    </message>
    <message>
        <source>This needs at least %1 characters.</source>
        <translation>此處至少需要 %1 個字元。</translation>
    </message>
    <message>
        <source>This has %1 characters; at most %2 are allowed.</source>
        <translation>此處有 %1 個字元；最多允許 %2 個。</translation>
    </message>
    <message>
        <source>%1 is not a time such as 2006-01-02T15:04:05Z.</source>
        <translation>%1 不是像 2006-01-02T15:04:05Z 這樣的時間。</translation>
    </message>
    <message>
        <source>%1 does not have the form %2.</source>
        <translation>%1 不符合格式 %2。</translation>
    </message>
    <message>
        <source>%1 is too small; it must be more than %2.</source>
        <translation>%1 太小；必須大於 %2。</translation>
    </message>
    <message>
        <source>%1 is too small; the minimum is %2.</source>
        <translation>%1 太小；最小值為 %2。</translation>
    </message>
    <message>
        <source>%1 is too large; it must be less than %2.</source>
        <translation>%1 太大；必須小於 %2。</translation>
    </message>
    <message>
        <source>%1 is too large; the maximum is %2.</source>
        <translation>%1 太大；最大值為 %2。</translation>
    </message>
    <message>
        <source>%1 is not a multiple of %2.</source>
        <translation>%1 不是 %2 的倍數。</translation>
    </message>
    <message>
        <source>%1 does not fit into %2.</source>
        <translation>%1 超出 %2 的範圍。</translation>
    </message>
    <message>
        <source>This holds %1; at least %2 are needed.</source>
        <translation>此處有 %1 個；至少需要 %2 個。</translation>
    </message>
    <message>
        <source>This holds %1; at most %2 are allowed.</source>
        <translation>此處有 %1 個；最多允許 %2 個。</translation>
    </message>
    <message>
        <source>%1 appears twice in this list.</source>
        <translation>%1 在此清單中出現兩次。</translation>
    </message>
    <message>
        <source>This item has the same %1 as item %2 of the list.</source>
        <translation>此項目的 %1 與清單的第 %2 項相同。</translation>
    </message>
    <message>
        <source>The field %1 is missing.</source>
        <translation>缺少欄位 %1。</translation>
    </message>
    <message>
        <source>Unknown field %1.</source>
        <translation>未知的欄位 %1。</translation>
    </message>
    <message>
        <source>There is no schema for %1 of %2.</source>
        <translation>%2 的 %1 沒有結構描述。</translation>
    </message>
    <message>
        <source>The OpenAPI document of the cluster does not describe it.</source>
        <translation>叢集的 OpenAPI 文件沒有描述它。</translation>
    </message>
    <message>
        <source>Check apiVersion and kind.</source>
        <translation>請檢查 apiVersion 與 kind。</translation>
    </message>
    <message>
        <source>There is no schema for version %1.</source>
        <translation>版本 %1 沒有結構描述。</translation>
    </message>
    <message>
        <source>The CustomResourceDefinition does not describe it.</source>
        <translation>CustomResourceDefinition 沒有描述它。</translation>
    </message>
    <message>
        <source>Check apiVersion.</source>
        <translation>請檢查 apiVersion。</translation>
    </message>
    <message>
        <source>The name of an anchor has characters other than letters, digits, - and _.</source>
        <translation>錨點名稱含有字母、數字、- 與 _ 以外的字元。</translation>
    </message>
    <message>
        <source>Give it another name.</source>
        <translation>請為它換一個名稱。</translation>
    </message>
    <message>
        <source>YAML parsers disagree on whether this colon ends a key or is part of a string.</source>
        <translation>各 YAML 剖析器對此冒號是結束鍵或屬於字串的看法不一。</translation>
    </message>
    <message>
        <source>Add a space after the colon, or quote the string.</source>
        <translation>請在冒號後加空格，或將字串加上引號。</translation>
    </message>
    <message>
        <source>It has more than %1 values.</source>
        <translation>它有超過 %1 個值。</translation>
    </message>
    <message>
        <source>“%1” cannot be written as JSON.</source>
        <translation>「%1」無法寫成 JSON。</translation>
    </message>
    <message>
        <source>The tag %1 is not understood here.</source>
        <translation>此處無法理解標記 %1。</translation>
    </message>
    <message>
        <source>Line %1 refers to itself by an alias (a cycle).</source>
        <translation>第 %1 行透過別名參照自己（循環）。</translation>
    </message>
    <message>
        <source>Write the key out, in quotes.</source>
        <translation>請將鍵完整寫出，並加上引號。</translation>
    </message>
    <message>
        <source>Line %1 uses a list or a map as a key.</source>
        <translation>第 %1 行以清單或對應表作為鍵。</translation>
    </message>
    <message>
        <source>Line %1 opens more than %2 brackets.</source>
        <translation>第 %1 行開啟了超過 %2 層括號。</translation>
    </message>
    <message>
        <source>Line %1 is nested more than %2 levels deep.</source>
        <translation>第 %1 行的巢狀超過 %2 層。</translation>
    </message>
    <message>
        <source>It has more than %1 anchors.</source>
        <translation>它有超過 %1 個錨點。</translation>
    </message>
    <message>
        <source>It is nested more than %1 levels deep once its aliases are written out.</source>
        <translation>別名展開後，其巢狀超過 %1 層。</translation>
    </message>
    <message>
        <source>“&lt;&lt;” merges something that is not a map.</source>
        <translation>「&lt;&lt;」合併的不是對應表。</translation>
    </message>
    <message>
        <source>The key “%1” is given twice.</source>
        <translation>鍵「%1」出現兩次。</translation>
    </message>
    <message>
        <source>Line %1 begins something with more than %2 brackets, commas and values.</source>
        <translation>從第 %1 行開始的內容含有超過 %2 個括號、逗號與值。</translation>
    </message>
    <message>
        <source>Write each value on a line of its own, without brackets, or all as JSON.</source>
        <translation>請將每個值各寫一行且不用括號，或全部寫成 JSON。</translation>
    </message>
    <message>
        <source>What begins here belongs to nothing before it.</source>
        <translation>從此處開始的內容不屬於前面的任何內容。</translation>
    </message>
    <message>
        <source>Correct its indentation, or begin a document of its own with ---.</source>
        <translation>請更正其縮排，或以 --- 另起一份文件。</translation>
    </message>
    <message>
        <source>Line %1 holds a carriage return that ends no line.</source>
        <translation>第 %1 行含有不在行尾的歸位字元（CR）。</translation>
    </message>
    <message>
        <source>Save the file with the line endings of Linux or Windows.</source>
        <translation>請以 Linux 或 Windows 的換行格式儲存檔案。</translation>
    </message>
    <message>
        <source>Line %1 holds a control character (code %2), which YAML does not allow.</source>
        <translation>第 %1 行含有控制字元（代碼 %2），YAML 不允許。</translation>
    </message>
    <message>
        <source>Remove the character, or check that this is a YAML file.</source>
        <translation>請移除該字元，或檢查這是否為 YAML 檔案。</translation>
    </message>
    <message>
        <source>Line %1 is a directive of more than %2 characters.</source>
        <translation>第 %1 行是超過 %2 個字元的指示詞（directive）。</translation>
    </message>
    <message>
        <source>Remove the line; Kubernetes objects need none.</source>
        <translation>請移除該行；Kubernetes 物件不需要。</translation>
    </message>
    <message>
        <source>It has more than %1 documents.</source>
        <translation>它有超過 %1 份文件。</translation>
    </message>
    <message>
        <source>From here on this is not JSON, and it is too large for flow-style YAML.</source>
        <translation>從這裡起不是 JSON，且對括號形式的 YAML 而言太大。</translation>
    </message>
    <message>
        <source>Fix the text here.</source>
        <translation>請修正此處的文字。</translation>
    </message>
    <message>
        <source>Near line %1 a line is indented with a tab.</source>
        <translation>第 %1 行附近有以 Tab 縮排的行。</translation>
    </message>
    <message>
        <source>Indent with spaces; YAML does not allow tabs there.</source>
        <translation>請以空格縮排；YAML 在該處不允許 Tab。</translation>
    </message>
    <message>
        <source>It is not valid YAML at line %1, column %2: %3.</source>
        <translation>它不是有效的 YAML，位於第 %1 行第 %2 欄：%3。</translation>
    </message>
    <message>
        <source>The YAML parser gave up on it.</source>
        <translation>YAML 剖析器無法處理它。</translation>
    </message>
    <message>
        <source>Simplify the text.</source>
        <translation>請簡化文字。</translation>
    </message>
</context>
<context>
    <name>cairn::net::CurlError</name>
    <message>
        <source>No secure connection to %1 could be made.</source>
        <translation>無法建立到 %1 的安全連線。</translation>
    </message>
    <message>
        <source>No connection to %1 could be made.</source>
        <translation>無法建立到 %1 的連線。</translation>
    </message>
    <message>
        <source>The server&apos;s certificate has expired.</source>
        <translation>伺服器的憑證已過期。</translation>
    </message>
    <message>
        <source>Have the server&apos;s certificate renewed, and check this computer&apos;s clock.</source>
        <translation>請更新伺服器的憑證，並檢查這台電腦的時鐘。</translation>
    </message>
    <message>
        <source>The server&apos;s certificate is not valid yet.</source>
        <translation>伺服器的憑證尚未生效。</translation>
    </message>
    <message>
        <source>Check the clocks of this computer and of the server.</source>
        <translation>請檢查這台電腦與伺服器的時鐘。</translation>
    </message>
    <message>
        <source>The server&apos;s certificate is self-signed and not trusted.</source>
        <translation>伺服器的憑證為自我簽署，不受信任。</translation>
    </message>
    <message>
        <source>Put the cluster&apos;s certificate authority into certificate-authority-data of the kubeconfig.</source>
        <translation>請將叢集的憑證授權單位放入 kubeconfig 的 certificate-authority-data。</translation>
    </message>
    <message>
        <source>The server&apos;s certificate was signed by an authority that is not trusted.</source>
        <translation>伺服器的憑證由不受信任的授權單位簽署。</translation>
    </message>
    <message>
        <source>The server&apos;s certificate is not acceptable: %1.</source>
        <translation>無法接受伺服器的憑證：%1。</translation>
    </message>
    <message>
        <source>Ask whoever runs the server to repair its certificate.</source>
        <translation>請伺服器的管理者修復其憑證。</translation>
    </message>
    <message>
        <source>Use a name the certificate holds in the kubeconfig&apos;s server, or set tls-server-name to one.</source>
        <translation>請在 kubeconfig 的 server 使用憑證中的名稱，或將 tls-server-name 設為其中一個。</translation>
    </message>
    <message>
        <source>%1 refused the client certificate.</source>
        <translation>%1 拒絕用戶端憑證。</translation>
    </message>
    <message>
        <source>TLS error: %1.</source>
        <translation>TLS 錯誤：%1。</translation>
    </message>
    <message>
        <source>The client certificate may be missing, expired or from another cluster; get a new kubeconfig.</source>
        <translation>用戶端憑證可能缺少、過期或來自另一個叢集；請取得新的 kubeconfig。</translation>
    </message>
    <message>
        <source>The proxy %1 did not accept the request.</source>
        <translation>代理伺服器 %1 未接受要求。</translation>
    </message>
    <message>
        <source>It asks for a user name and password.</source>
        <translation>它要求使用者名稱與密碼。</translation>
    </message>
    <message>
        <source>Put them into the proxy&apos;s URL: http://user:password@host:port.</source>
        <translation>請將它們放入代理伺服器的 URL：http://user:password@host:port。</translation>
    </message>
    <message>
        <source>The proxy %1 did not connect to %2.</source>
        <translation>代理伺服器 %1 未連線到 %2。</translation>
    </message>
    <message>
        <source>It answered with HTTP %1.</source>
        <translation>它以 HTTP %1 回應。</translation>
    </message>
    <message>
        <source>Check that the proxy may reach the server, or add the server to NO_PROXY.</source>
        <translation>請檢查代理伺服器能否連到該伺服器，或將該伺服器加入 NO_PROXY。</translation>
    </message>
    <message>
        <source>The name of the proxy %1 cannot be resolved.</source>
        <translation>無法解析代理伺服器 %1 的名稱。</translation>
    </message>
    <message>
        <source>Check proxy-url in the kubeconfig, or HTTPS_PROXY in the environment.</source>
        <translation>請檢查 kubeconfig 中的 proxy-url，或環境變數 HTTPS_PROXY。</translation>
    </message>
    <message>
        <source>The proxy %1 failed: %2.</source>
        <translation>代理伺服器 %1 失敗：%2。</translation>
    </message>
    <message>
        <source>Check that the proxy runs and may reach the server.</source>
        <translation>請檢查代理伺服器是否執行中，且能連到該伺服器。</translation>
    </message>
    <message>
        <source>%1 refused the connection.</source>
        <translation>%1 拒絕連線。</translation>
    </message>
    <message>
        <source>Check that the server runs and that its address and port are right.</source>
        <translation>請檢查伺服器是否執行中，以及其位址與連接埠是否正確。</translation>
    </message>
    <message>
        <source>There is no route to %1.</source>
        <translation>沒有到 %1 的路由。</translation>
    </message>
    <message>
        <source>Check the network and the VPN.</source>
        <translation>請檢查網路與 VPN。</translation>
    </message>
    <message>
        <source>Connecting to %1 failed: %2.</source>
        <translation>連線到 %1 失敗：%2。</translation>
    </message>
    <message>
        <source>Check the network, the VPN and the server&apos;s address.</source>
        <translation>請檢查網路、VPN 與伺服器的位址。</translation>
    </message>
    <message>
        <source>The server does not speak TLS on this port.</source>
        <translation>伺服器在此連接埠不使用 TLS。</translation>
    </message>
    <message>
        <source>Check the port in the kubeconfig; a server without TLS needs http:// instead of https://.</source>
        <translation>請檢查 kubeconfig 中的連接埠；沒有 TLS 的伺服器需要 http:// 而非 https://。</translation>
    </message>
    <message>
        <source>The server offers no TLS version of at least 1.2.</source>
        <translation>伺服器未提供 1.2 以上的 TLS 版本。</translation>
    </message>
    <message>
        <source>Update the server; older versions of TLS are not safe.</source>
        <translation>請更新伺服器；較舊的 TLS 版本並不安全。</translation>
    </message>
    <message>
        <source>The server refused the TLS handshake.</source>
        <translation>伺服器拒絕 TLS 交握。</translation>
    </message>
    <message>
        <source>It may demand a client certificate; check client-certificate-data in the kubeconfig.</source>
        <translation>它可能要求用戶端憑證；請檢查 kubeconfig 中的 client-certificate-data。</translation>
    </message>
    <message>
        <source>The connection was cut during the handshake.</source>
        <translation>連線在交握期間中斷。</translation>
    </message>
    <message>
        <source>Check the port, and whether a firewall or proxy stands between.</source>
        <translation>請檢查連接埠，以及中間是否有防火牆或代理伺服器。</translation>
    </message>
    <message>
        <source>The TLS handshake failed: %1.</source>
        <translation>TLS 交握失敗：%1。</translation>
    </message>
    <message>
        <source>Check that address and port belong to the cluster.</source>
        <translation>請檢查位址與連接埠是否屬於該叢集。</translation>
    </message>
    <message>
        <source>%1 is not an HTTP server.</source>
        <translation>%1 不是 HTTP 伺服器。</translation>
    </message>
    <message>
        <source>It answered with something that is not HTTP.</source>
        <translation>它的回應不是 HTTP。</translation>
    </message>
    <message>
        <source>Check the address and port.</source>
        <translation>請檢查位址與連接埠。</translation>
    </message>
    <message>
        <source>The answer ended before it was complete.</source>
        <translation>回應尚未完整就已結束。</translation>
    </message>
    <message>
        <source>The connection to %1 was lost.</source>
        <translation>與 %1 的連線已中斷。</translation>
    </message>
    <message>
        <source>Try again. If it was a change, look first whether it was made.</source>
        <translation>請再試一次。若這是變更，請先確認是否已生效。</translation>
    </message>
    <message>
        <source>The host name cannot be resolved.</source>
        <translation>無法解析主機名稱。</translation>
    </message>
    <message>
        <source>Check the server&apos;s name in the kubeconfig, the network and the VPN.</source>
        <translation>請檢查 kubeconfig 中的伺服器名稱、網路與 VPN。</translation>
    </message>
    <message>
        <source>It took too long to connect.</source>
        <translation>連線時間過長。</translation>
    </message>
    <message>
        <source>The certificate authority in the kubeconfig holds no readable certificate.</source>
        <translation>kubeconfig 中的憑證授權單位沒有可讀取的憑證。</translation>
    </message>
    <message>
        <source>It must be PEM text: lines between BEGIN CERTIFICATE and END CERTIFICATE.</source>
        <translation>它必須是 PEM 文字：BEGIN CERTIFICATE 與 END CERTIFICATE 之間的各行。</translation>
    </message>
    <message>
        <source>The client certificate and its key cannot be used: %1.</source>
        <translation>無法使用用戶端憑證及其金鑰：%1。</translation>
    </message>
    <message>
        <source>Both must be PEM text, belong together, and the key must not be encrypted.</source>
        <translation>兩者都必須是 PEM 文字且互相對應，金鑰不得加密。</translation>
    </message>
    <message>
        <source>The answer of %1 cannot be read.</source>
        <translation>無法讀取 %1 的回應。</translation>
    </message>
    <message>
        <source>Its compressed body is damaged.</source>
        <translation>其壓縮內容損壞。</translation>
    </message>
    <message>
        <source>Try again, or turn compression off with disable-compression in the kubeconfig.</source>
        <translation>請再試一次，或在 kubeconfig 中以 disable-compression 關閉壓縮。</translation>
    </message>
    <message>
        <source>The exchange with %1 failed.</source>
        <translation>與 %1 的通訊失敗。</translation>
    </message>
    <message>
        <source>Try again.</source>
        <translation>請再試一次。</translation>
    </message>
    <message>
        <source>%1 did not answer completely within %2.</source>
        <translation>%1 未在 %2 內完整回應。</translation>
    </message>
    <message>
        <source>No connection to %1 could be made within %2.</source>
        <translation>無法在 %2 內建立到 %1 的連線。</translation>
    </message>
    <message>
        <source>The server is slow or does not answer.</source>
        <translation>伺服器緩慢或沒有回應。</translation>
    </message>
    <message>
        <source>Nothing answers at this address.</source>
        <translation>此位址沒有任何回應。</translation>
    </message>
    <message>
        <source>Try again later.</source>
        <translation>請稍後再試。</translation>
    </message>
    <message>
        <source>Nothing came from %1 for %2.</source>
        <translation>%2 內未收到來自 %1 的任何資料。</translation>
    </message>
    <message>
        <source>The connection seems to be dead.</source>
        <translation>連線似乎已失效。</translation>
    </message>
    <message>
        <source>The answer of %1 is too large.</source>
        <translation>%1 的回應過大。</translation>
    </message>
    <message>
        <source>It is longer than %1.</source>
        <translation>它超過 %1。</translation>
    </message>
    <message>
        <source>Ask for less at a time.</source>
        <translation>請縮小每次要求的範圍。</translation>
    </message>
    <message>
        <source>The request was not sent.</source>
        <translation>要求未送出。</translation>
    </message>
    <message>
        <source>Correct the name or the credentials it was made of.</source>
        <translation>請更正用來組成它的名稱或認證資料。</translation>
    </message>
    <message>
        <source>The server&apos;s address cannot be used.</source>
        <translation>無法使用伺服器的位址。</translation>
    </message>
    <message>
        <source>Correct the cluster entry of the kubeconfig.</source>
        <translation>請更正 kubeconfig 的叢集項目。</translation>
    </message>
    <message>
        <source>Check that certificate-authority-data in the kubeconfig belongs to this cluster; it changes when a cluster is recreated.</source>
        <translation>請檢查 kubeconfig 中的 certificate-authority-data 是否屬於此叢集；叢集重建後它會改變。</translation>
    </message>
    <message>
        <source>The server&apos;s certificate is not valid for “%1”.</source>
        <translation>伺服器的憑證不適用於「%1」。</translation>
    </message>
    <message>
        <source>The server closed the connection without a response.</source>
        <translation>伺服器未回應就關閉連線。</translation>
    </message>
    <message>
        <source>The server or something on the network path closed the connection.</source>
        <translation>伺服器或網路路徑上的某處中斷了連線。</translation>
    </message>
    <message>
        <source>The server or something on the network path closed the connection: %1.</source>
        <translation>伺服器或網路路徑上的某處中斷了連線：%1。</translation>
    </message>
    <message>
        <source>Check the network and the VPN if this happens again.</source>
        <translation>若再次發生，請檢查網路與 VPN。</translation>
    </message>
</context>
<context>
    <name>cairn::net::CurlSetup</name>
    <message>
        <source>The server must be a URL that starts with https:// or http://.</source>
        <translation>伺服器必須是以 https:// 或 http:// 開頭的 URL。</translation>
    </message>
    <message>
        <source>The server&apos;s URL names no valid host.</source>
        <translation>伺服器的 URL 沒有有效的主機。</translation>
    </message>
    <message>
        <source>The server&apos;s URL must not have a query or a fragment.</source>
        <translation>伺服器的 URL 不得含有查詢或片段。</translation>
    </message>
    <message>
        <source>There is a client certificate without its key.</source>
        <translation>有用戶端憑證，但沒有其金鑰。</translation>
    </message>
    <message>
        <source>The tls-server-name is not a valid host name.</source>
        <translation>tls-server-name 不是有效的主機名稱。</translation>
    </message>
    <message>
        <source>A header name has characters that are not allowed.</source>
        <translation>標頭名稱含有不允許的字元。</translation>
    </message>
    <message>
        <source>The value of the header %1 has a line break or a null byte.</source>
        <translation>標頭 %1 的值含有換行或空位元組。</translation>
    </message>
    <message>
        <source>The header %1 is set by the client itself.</source>
        <translation>標頭 %1 由用戶端自行設定。</translation>
    </message>
</context>
<context>
    <name>cairn::net::ExecWebSocket</name>
    <message>
        <source>%1 closed the connection before the command had ended.</source>
        <translation>%1 在命令結束前關閉了連線。</translation>
    </message>
    <message>
        <source>%1 closed the connection before the command had ended: %2.</source>
        <translation>%1 在命令結束前關閉了連線：%2。</translation>
    </message>
    <message>
        <source>Check that the pod still runs, then try again.</source>
        <translation>請檢查 Pod 是否仍在執行，再試一次。</translation>
    </message>
    <message>
        <source>The answer of %1 cannot be read.</source>
        <translation>無法讀取 %1 的回應。</translation>
    </message>
    <message>
        <source>There is none.</source>
        <translation>沒有位址。</translation>
    </message>
    <message>
        <source>The path must begin with a slash and hold only percent-encoded ASCII characters.</source>
        <translation>路徑必須以斜線開頭，且只含百分比編碼的 ASCII 字元。</translation>
    </message>
    <message>
        <source>The header %1 is set by the client itself.</source>
        <translation>標頭 %1 由用戶端自行設定。</translation>
    </message>
    <message>
        <source>The command in the pod returned no result.</source>
        <translation>Pod 中的命令沒有傳回結果。</translation>
    </message>
    <message>
        <source>It violates the WebSocket protocol.</source>
        <translation>它違反 WebSocket 協定。</translation>
    </message>
    <message>
        <source>A proxy on the network path may not support WebSocket; try without it.</source>
        <translation>網路路徑上的代理伺服器可能不支援 WebSocket；請試著不經過它。</translation>
    </message>
</context>
<context>
    <name>cairn::net::HandshakeAnswer</name>
    <message>
        <source>Log in again, or get a new kubeconfig.</source>
        <translation>請重新登入，或取得新的 kubeconfig。</translation>
    </message>
    <message>
        <source>Ask for the verbs get and create on pods/exec in this namespace.</source>
        <translation>請申請此命名空間中 pods/exec 的 get 與 create 動詞。</translation>
    </message>
    <message>
        <source>Check that the pod still exists and runs.</source>
        <translation>請檢查 Pod 是否仍存在且執行中。</translation>
    </message>
    <message>
        <source>Check that the container of the pod runs.</source>
        <translation>請檢查 Pod 的容器是否執行中。</translation>
    </message>
    <message>
        <source>Try again later.</source>
        <translation>請稍後再試。</translation>
    </message>
    <message>
        <source>%1 answered the WebSocket handshake wrongly.</source>
        <translation>%1 對 WebSocket 交握的回應有誤。</translation>
    </message>
    <message>
        <source>Its answer does not belong to the request.</source>
        <translation>其回應與要求不符。</translation>
    </message>
    <message>
        <source>%1 cannot run commands in pods over WebSocket.</source>
        <translation>%1 無法透過 WebSocket 在 Pod 中執行命令。</translation>
    </message>
    <message>
        <source>It agreed to none of the protocols v5.channel.k8s.io and v4.channel.k8s.io.</source>
        <translation>它不接受通訊協定 v5.channel.k8s.io 與 v4.channel.k8s.io。</translation>
    </message>
    <message>
        <source>Update the cluster to Kubernetes 1.30 or newer.</source>
        <translation>請將叢集更新至 Kubernetes 1.30 或更新版本。</translation>
    </message>
    <message>
        <source>The command could not be started in the pod.</source>
        <translation>無法在 Pod 中啟動命令。</translation>
    </message>
    <message>
        <source>The server answered with HTTP %1.</source>
        <translation>伺服器以 HTTP %1 回應。</translation>
    </message>
    <message>
        <source>A proxy on the network path may not support WebSocket; try without it.</source>
        <translation>網路路徑上的代理伺服器可能不支援 WebSocket；請試著不經過它。</translation>
    </message>
</context>
<context>
    <name>cairn::net::HttpClient</name>
    <message>
        <source>There is none.</source>
        <translation>沒有位址。</translation>
    </message>
    <message>
        <source>A handler of a stream must not wait for another request.</source>
        <translation>串流的處理常式不得等待另一個要求。</translation>
    </message>
</context>
<context>
    <name>cairn::net::Proxy</name>
    <message>
        <source>The proxy in %1 cannot be used.</source>
        <translation>無法使用 %1 中的代理伺服器。</translation>
    </message>
    <message>
        <source>Give it as http://host:port, https://host:port or socks5://host:port.</source>
        <translation>請寫成 http://host:port、https://host:port 或 socks5://host:port。</translation>
    </message>
    <message>
        <source>the kubeconfig (proxy-url)</source>
        <translation>kubeconfig（proxy-url）</translation>
    </message>
    <message>
        <source>the environment variable %1</source>
        <translation>環境變數 %1</translation>
    </message>
    <message>
        <source>Its scheme “%1” is none of http, https, socks5 and socks5h.</source>
        <translation>其配置「%1」不是 http、https、socks5 或 socks5h。</translation>
    </message>
    <message>
        <source>It is not a URL with a host name.</source>
        <translation>它不是含有主機名稱的 URL。</translation>
    </message>
</context>
<context>
    <name>cairn::net::Transfer</name>
    <message>
        <source>The HTTP method is not a word.</source>
        <translation>HTTP 方法不是單一字詞。</translation>
    </message>
    <message>
        <source>The path must begin with a slash and hold only percent-encoded ASCII characters.</source>
        <translation>路徑必須以斜線開頭，且只含百分比編碼的 ASCII 字元。</translation>
    </message>
    <message>
        <source>There is not enough memory.</source>
        <translation>記憶體不足。</translation>
    </message>
</context>
<context>
    <name>cairn::pages::CheckpointsPage</name>
    <message>
        <source>Checkpoints</source>
        <translation>檢查點</translation>
    </message>
    <message>
        <source>Job, path, format, or saved:&lt;2h</source>
        <translation>工作、路徑、格式或 saved:&lt;2h</translation>
    </message>
    <message>
        <source>Filter checkpoints</source>
        <translation>篩選檢查點</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>檢視</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Newest of each job</source>
        <translation>各工作最新</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>損壞</translation>
    </message>
    <message>
        <source>No checkpoint matches the filter</source>
        <translation>沒有檢查點符合篩選條件</translation>
    </message>
    <message>
        <source>open the job</source>
        <translation>開啟工作</translation>
    </message>
    <message>
        <source>resume…</source>
        <translation>接續…</translation>
    </message>
    <message>
        <source>filter</source>
        <translation>篩選</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n job(s)</source>
        <comment>checkpoints</comment>
        <translation>
            <numerusform>%n 個工作的 %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n checkpoint(s)</source>
        <translation>
            <numerusform>%n 個檢查點</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <comment>answer, what is wrong</comment>
        <translation>%1 · %2</translation>
    </message>
    <message numerus="yes">
        <source>%n damaged</source>
        <translation>
            <numerusform>%n 個損壞</numerusform>
        </translation>
    </message>
    <message>
        <source>Damaged (%1)</source>
        <comment>number</comment>
        <translation>損壞（%1）</translation>
    </message>
    <message numerus="yes">
        <source>Read %n job(s)</source>
        <translation>
            <numerusform>讀取 %n 個工作</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reading %1, %n job(s) left</source>
        <translation>
            <numerusform>正在讀取 %1，剩 %n 個工作</numerusform>
        </translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>還有 %n 個</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) could not be read</source>
        <translation>
            <numerusform>%n 個工作無法讀取</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading checkpoints…</source>
        <translation>正在讀取檢查點…</translation>
    </message>
    <message>
        <source>No checkpoints</source>
        <translation>沒有檢查點</translation>
    </message>
    <message>
        <source>%1 · %2 in all · read %3</source>
        <comment>rows, bytes, age of the oldest listing</comment>
        <translation>%1 · 共 %2 · %3讀取</translation>
    </message>
    <message>
        <source>refresh</source>
        <translation>重新整理</translation>
    </message>
    <message>
        <source>A helper Job briefly mounts each PVC read-only.</source>
        <translation>輔助 Job 會以唯讀方式短暫掛載每個 PVC。</translation>
    </message>
    <message>
        <source>A helper Job briefly mounts each PVC read-only. Continuing allows such Jobs in %1.</source>
        <translation>輔助 Job 會以唯讀方式短暫掛載每個 PVC。繼續即表示允許在 %1 建立這類 Job。</translation>
    </message>
    <message numerus="yes">
        <source>Allow and read %n job(s)</source>
        <translation>
            <numerusform>允許並讀取 %n 個工作</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) not read yet</source>
        <translation>
            <numerusform>%n 個工作尚未讀取</numerusform>
        </translation>
    </message>
    <message>
        <source>No checkpoints have been read yet</source>
        <translation>尚未讀取檢查點</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) save to a PVC or a bucket. %1</source>
        <translation>
            <numerusform>%n 個工作儲存到 PVC 或儲存桶。%1</numerusform>
        </translation>
    </message>
    <message>
        <source>They appear here as each job is read.</source>
        <translation>讀完一個工作就會出現在這裡。</translation>
    </message>
    <message>
        <source>No job here saves to a place where checkpoints can be read.</source>
        <translation>這裡沒有工作儲存到可讀取檢查點的地方。</translation>
    </message>
</context>
<context>
    <name>cairn::pages::ConnectPage</name>
    <message>
        <source>Connect to a cluster</source>
        <translation>連線到叢集</translation>
    </message>
    <message>
        <source>Add kubeconfig file…</source>
        <translation>加入 kubeconfig 檔案…</translation>
    </message>
    <message>
        <source>Check all again</source>
        <translation>全部重新檢查</translation>
    </message>
    <message>
        <source>Filter contexts</source>
        <translation>篩選情境</translation>
    </message>
    <message>
        <source>Contexts</source>
        <translation>情境</translation>
    </message>
    <message>
        <source>No context matches the filter</source>
        <translation>沒有符合篩選的情境</translation>
    </message>
    <message>
        <source>Before you connect</source>
        <translation>連線之前</translation>
    </message>
    <message>
        <source>Cairn only reads until you press a button that says what it changes. Kubeconfig files are never written. Tokens stay in memory and out of reports.</source>
        <translation>在您按下標明變更內容的按鈕之前，Cairn 只會讀取。絕不寫入 kubeconfig 檔案。權杖只留在記憶體，不會出現在報告中。</translation>
    </message>
    <message>
        <source>Manage…</source>
        <translation>管理…</translation>
    </message>
    <message>
        <source>Sign-in doctor</source>
        <translation>登入診斷</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>複製報告</translation>
    </message>
    <message>
        <source>no secrets inside</source>
        <translation>不含機密</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>重新執行</translation>
    </message>
    <message>
        <source>The report</source>
        <translation>報告</translation>
    </message>
    <message>
        <source>Read from</source>
        <translation>讀取來源</translation>
    </message>
    <message>
        <source>not read</source>
        <translation>未讀取</translation>
    </message>
    <message numerus="yes">
        <source>%n context(s)</source>
        <translation>
            <numerusform>%n 個情境</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 · changed %2</source>
        <comment>contexts in a file, time ago</comment>
        <translation>%1 · %2變更</translation>
    </message>
    <message numerus="yes">
        <source>%n more file(s) could not be read.</source>
        <translation>
            <numerusform>另有 %n 個檔案無法讀取。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n 個檔案</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 in %2</source>
        <comment>contexts, files</comment>
        <translation>%1，來自 %2</translation>
    </message>
    <message>
        <source>%1 in %2, order from %3</source>
        <comment>contexts, files, variable</comment>
        <translation>%1，來自 %2，順序依 %3</translation>
    </message>
    <message>
        <source>Kubeconfig entry</source>
        <translation>Kubeconfig 項目</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失敗</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>重新檢查</translation>
    </message>
    <message>
        <source>The steps of the sign-in appear here while they run.</source>
        <translation>登入的各個步驟執行時會顯示在這裡。</translation>
    </message>
    <message>
        <source>Choose a context to see each step of its sign-in.</source>
        <translation>選擇情境以查看其登入的每個步驟。</translation>
    </message>
    <message>
        <source>Copy command</source>
        <translation>複製命令</translation>
    </message>
    <message>
        <source>Add folder</source>
        <translation>加入資料夾</translation>
    </message>
    <message>
        <source>Allow this program…</source>
        <translation>允許此程式…</translation>
    </message>
    <message>
        <source>Open page</source>
        <translation>開啟頁面</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>選擇檔案…</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>檢查中…</translation>
    </message>
    <message>
        <source>The command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Reading kubeconfig files…</source>
        <translation>正在讀取 kubeconfig 檔案…</translation>
    </message>
    <message>
        <source>No kubeconfig file found</source>
        <translation>找不到 kubeconfig 檔案</translation>
    </message>
    <message>
        <source>Programs allowed to run for sign-in</source>
        <translation>獲准為登入執行的程式</translation>
    </message>
    <message numerus="yes">
        <source>%n more warning(s): cairnctl contexts names them all.</source>
        <translation>
            <numerusform>另有 %n 個警告：cairnctl contexts 會列出全部。</numerusform>
        </translation>
    </message>
    <message>
        <source>These files contain no contexts</source>
        <translation>這些檔案中沒有情境</translation>
    </message>
    <message>
        <source>Invalid entry</source>
        <translation>項目無效</translation>
    </message>
    <message>
        <source>Only this entry is invalid; the other contexts in the file work.</source>
        <translation>只有此項目無效；檔案中的其他情境正常。</translation>
    </message>
    <message>
        <source>Exec plugins are programs on this computer. None is allowed yet; Cairn asks before each one&apos;s first run.</source>
        <translation>exec 外掛程式是這台電腦上的程式。目前未允許任何一個；每個首次執行前，Cairn 都會詢問。</translation>
    </message>
    <message>
        <source>Exec plugins are programs on this computer. Allowed: %1. Cairn asks before any other&apos;s first run.</source>
        <translation>exec 外掛程式是這台電腦上的程式。已允許：%1。其他的首次執行前，Cairn 都會詢問。</translation>
    </message>
    <message>
        <source>Looked for %1. Your cluster&apos;s administrator can give you one; a cloud provider&apos;s command-line tool writes one when you sign in.</source>
        <translation>已尋找 %1。可向叢集的管理者取得；雲端服務的命令列工具也會在登入時寫入一份。</translation>
    </message>
    <message>
        <source>Search again</source>
        <translation>重新尋找</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>重新整理</translation>
    </message>
</context>
<context>
    <name>cairn::pages::EventsPage</name>
    <message>
        <source>Events</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Object, reason, message, or age:&lt;10min</source>
        <translation>物件、原因、訊息或 age:&lt;10min</translation>
    </message>
    <message>
        <source>Filter events</source>
        <translation>篩選事件</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>顯示</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>No event matches the filter</source>
        <translation>沒有事件符合篩選條件</translation>
    </message>
    <message>
        <source>open its job</source>
        <translation>開啟其工作</translation>
    </message>
    <message>
        <source>filter</source>
        <translation>篩選</translation>
    </message>
    <message>
        <source>Seen</source>
        <translation>次數</translation>
    </message>
    <message>
        <source>First</source>
        <translation>首次</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>最近</translation>
    </message>
    <message>
        <source>The selected event</source>
        <translation>選取的事件</translation>
    </message>
    <message>
        <source>Warnings (%1)</source>
        <comment>number</comment>
        <translation>警告（%1）</translation>
    </message>
    <message numerus="yes">
        <source>%n time(s)</source>
        <translation>
            <numerusform>%n 次</numerusform>
        </translation>
    </message>
    <message>
        <source>Open %1</source>
        <translation>開啟 %1</translation>
    </message>
    <message>
        <source>Reading events…</source>
        <translation>正在讀取事件…</translation>
    </message>
    <message>
        <source>The events could not be read</source>
        <translation>無法讀取事件</translation>
    </message>
    <message>
        <source>No events</source>
        <translation>沒有事件</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>來源</translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s) among the events the server still keeps</source>
        <translation>
            <numerusform>伺服器仍保留的事件中有 %n 個警告</numerusform>
        </translation>
    </message>
    <message>
        <source>No warnings among the events the server still keeps</source>
        <translation>伺服器仍保留的事件中沒有警告</translation>
    </message>
    <message>
        <source>%1 Newer events are missing until the server answers.</source>
        <translation>%1 伺服器回應前缺少較新的事件。</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to list events</source>
        <translation>您無權列出事件</translation>
    </message>
    <message>
        <source>The server usually keeps events for an hour, and nothing has happened since.</source>
        <translation>伺服器通常保留事件一小時，而這段時間沒有發生任何事。</translation>
    </message>
</context>
<context>
    <name>cairn::pages::FacetGroup</name>
    <message>
        <source>Fewer</source>
        <translation>較少</translation>
    </message>
    <message numerus="yes">
        <source>%n more…</source>
        <translation>
            <numerusform>還有 %n 個…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>cairn::pages::HaPage</name>
    <message>
        <source>High availability</source>
        <translation>高可用性</translation>
    </message>
    <message>
        <source>Component, node, or verdict</source>
        <translation>元件、節點或判定</translation>
    </message>
    <message>
        <source>Filter components</source>
        <translation>篩選元件</translation>
    </message>
    <message>
        <source>filter</source>
        <translation>篩選</translation>
    </message>
    <message>
        <source>No component matches the filter</source>
        <translation>沒有元件符合篩選條件</translation>
    </message>
    <message>
        <source>Why this verdict</source>
        <translation>為何如此判定</translation>
    </message>
    <message>
        <source>Replicas</source>
        <translation>複本</translation>
    </message>
    <message>
        <source>Spread</source>
        <translation>分布</translation>
    </message>
    <message>
        <source>Leader</source>
        <translation>領導者</translation>
    </message>
    <message>
        <source>Lease renewed</source>
        <translation>租約續約</translation>
    </message>
    <message>
        <source>Disruptions allowed</source>
        <translation>允許的中斷</translation>
    </message>
    <message>
        <source>Autoscaler</source>
        <translation>自動擴縮</translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation>重啟</translation>
    </message>
    <message>
        <source>State kept in</source>
        <translation>狀態存於</translation>
    </message>
    <message>
        <source>The selected component</source>
        <translation>選取的元件</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <comment>answer, what is not known</comment>
        <translation>%1 · %2</translation>
    </message>
    <message numerus="yes">
        <source>%n not observable</source>
        <translation>
            <numerusform>%n 個無法觀察</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <comment>group, workload</comment>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>What stops without it</source>
        <translation>沒有它會停擺的事</translation>
    </message>
    <message>
        <source>in the future</source>
        <translation>在未來</translation>
    </message>
    <message>
        <source>not readable</source>
        <translation>無法讀取</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <comment>disruptions allowed, rule of the budget</comment>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>none</source>
        <translation>無</translation>
    </message>
    <message>
        <source>%1 to %2 replicas</source>
        <translation>%1 至 %2 個複本</translation>
    </message>
    <message>
        <source>Reading components…</source>
        <translation>正在讀取元件…</translation>
    </message>
    <message>
        <source>The components could not be read</source>
        <translation>無法讀取元件</translation>
    </message>
    <message>
        <source>refresh</source>
        <translation>重新整理</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>詳細資訊</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n component(s) tolerate a node failure</source>
        <translation>
            <numerusform>%n 個元件中有 %1 個能承受節點失效</numerusform>
        </translation>
    </message>
    <message>
        <source>Stopped now</source>
        <translation>目前已停止</translation>
    </message>
    <message>
        <source>What a node failure does</source>
        <translation>節點失效時會發生什麼</translation>
    </message>
    <message>
        <source>no PDB</source>
        <translation>沒有 PDB</translation>
    </message>
    <message>
        <source>From the workload, its pods, lease, PDB and autoscaler, %1.</source>
        <translation>取自工作負載、其 Pod、租約、PDB 與自動擴縮，%1。</translation>
    </message>
    <message>
        <source>%1 The verdicts are as old; they are renewed as soon as the server answers.</source>
        <translation>%1 判定也是當時的；伺服器一回應就會更新。</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to list Kubeflow&apos;s components</source>
        <translation>您沒有列出 Kubeflow 元件的權限</translation>
    </message>
    <message>
        <source>No Kubeflow components found</source>
        <translation>找不到 Kubeflow 的元件</translation>
    </message>
    <message>
        <source>None of the namespaces that Kubeflow is usually installed in contains its components.</source>
        <translation>Kubeflow 通常安裝的命名空間中都沒有它的元件。</translation>
    </message>
</context>
<context>
    <name>cairn::pages::JobPage</name>
    <message>
        <source>Job</source>
        <translation>工作</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>顯示</translation>
    </message>
    <message>
        <source>Checkpoints</source>
        <translation>檢查點</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>記錄</translation>
    </message>
    <message>
        <source>YAML</source>
        <translation>YAML</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>partial</source>
        <translation>部分</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>篩選</translation>
    </message>
    <message>
        <source>Filter this tab</source>
        <translation>篩選此分頁</translation>
    </message>
    <message>
        <source>Choose a job to see its checkpoints.</source>
        <translation>選擇工作以查看其檢查點。</translation>
    </message>
    <message>
        <source>No job to show</source>
        <translation>沒有可顯示的工作</translation>
    </message>
    <message>
        <source>Attempt %1, from %2 step %3</source>
        <comment>number, job, step</comment>
        <translation>第 %1 次嘗試，自 %2 第 %3 步</translation>
    </message>
    <message>
        <source>Attempt %1, from %2, checkpoint %3</source>
        <comment>number, job, path</comment>
        <translation>第 %1 次嘗試，自 %2，檢查點 %3</translation>
    </message>
    <message>
        <source>Attempt %1, from %2</source>
        <comment>number, job</comment>
        <translation>第 %1 次嘗試，自 %2</translation>
    </message>
    <message>
        <source>Open %1</source>
        <translation>開啟 %1</translation>
    </message>
    <message>
        <source>Queued by Kueue through `%1`.</source>
        <translation>由 Kueue 透過 `%1` 排隊。</translation>
    </message>
    <message>
        <source>Run by another controller: `%1`.</source>
        <translation>由其他控制器執行：`%1`。</translation>
    </message>
    <message>
        <source>GPUs</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>Attempt</source>
        <translation>嘗試</translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation>重啟</translation>
    </message>
    <message>
        <source>Saves to</source>
        <translation>儲存至</translation>
    </message>
    <message>
        <source>at most %1</source>
        <translation>最多 %1</translation>
    </message>
    <message>
        <source>Step %1 · %2</source>
        <comment>step, trust</comment>
        <translation>第 %1 步 · %2</translation>
    </message>
    <message>
        <source>%1 · loss %2</source>
        <comment>size, loss</comment>
        <translation>%1 · 損失值 %2</translation>
    </message>
    <message>
        <source>restart %1</source>
        <translation>第 %1 次重啟</translation>
    </message>
    <message>
        <source>restart %1: %2</source>
        <comment>number, reason</comment>
        <translation>第 %1 次重啟：%2</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失敗</translation>
    </message>
    <message>
        <source>Pods</source>
        <translation>Pod</translation>
    </message>
    <message>
        <source>Correct…</source>
        <translation>更正…</translation>
    </message>
    <message>
        <source>Where this job saves is not known</source>
        <translation>不知道此工作儲存在哪裡</translation>
    </message>
    <message>
        <source>Cairn guesses that this job saves to %1</source>
        <translation>Cairn 推測此工作儲存至 %1</translation>
    </message>
    <message>
        <source>The path must begin with “/”: it is the folder as the training program sees it.</source>
        <translation>路徑必須以「/」開頭：即訓練程式所見的資料夾。</translation>
    </message>
    <message>
        <source>The path must not contain “..”.</source>
        <translation>路徑不得含有「..」。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>No checkpoint seen yet</source>
        <translation>尚未看到檢查點</translation>
    </message>
    <message>
        <source>No checkpoints yet</source>
        <translation>尚無檢查點</translation>
    </message>
    <message numerus="yes">
        <source>%n checkpoint(s) · %1</source>
        <comment>number; total size</comment>
        <translation>
            <numerusform>%n 個檢查點 · %1</numerusform>
        </translation>
    </message>
    <message>
        <source>at least %1</source>
        <translation>至少 %1</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>重新檢查</translation>
    </message>
    <message>
        <source>The checkpoints have not been read</source>
        <translation>尚未讀取檢查點</translation>
    </message>
    <message>
        <source>What it runs</source>
        <translation>執行內容</translation>
    </message>
    <message>
        <source>Use exec instead</source>
        <translation>改用 exec</translation>
    </message>
    <message>
        <source>Allow</source>
        <translation>允許</translation>
    </message>
    <message>
        <source>Listing needs a helper Job in %1</source>
        <translation>列出需要 %1 中的輔助 Job</translation>
    </message>
    <message>
        <source>Exec into a running pod is not possible either.</source>
        <translation>也無法以 exec 進入執行中的 Pod。</translation>
    </message>
    <message>
        <source>never read</source>
        <translation>從未讀取</translation>
    </message>
    <message>
        <source>by a helper Job</source>
        <translation>由輔助 Job</translation>
    </message>
    <message>
        <source>by exec</source>
        <translation>以 exec</translation>
    </message>
    <message>
        <source>Read %1</source>
        <comment>time ago</comment>
        <translation>%1讀取</translation>
    </message>
    <message>
        <source>Read %1 %2</source>
        <comment>time ago, by what</comment>
        <translation>%1%2 讀取</translation>
    </message>
    <message>
        <source>The selected checkpoint is damaged. Select another one.</source>
        <translation>所選的檢查點損壞。請選擇另一個。</translation>
    </message>
    <message>
        <source>The selected checkpoint is still being written. Select another one.</source>
        <translation>所選的檢查點仍在寫入。請選擇另一個。</translation>
    </message>
    <message>
        <source>There is no checkpoint to resume from.</source>
        <translation>沒有可供接續的檢查點。</translation>
    </message>
    <message>
        <source>The checkpoints have not been read yet.</source>
        <translation>尚未讀取檢查點。</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>two sentences</comment>
        <translation>%1%2</translation>
    </message>
    <message>
        <source>Reading the object…</source>
        <translation>正在讀取物件…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試一次</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜尋</translation>
    </message>
    <message>
        <source>%1 · selected: %2</source>
        <comment>count and size, reason</comment>
        <translation>%1 · 已選取：%2</translation>
    </message>
    <message>
        <source>Resume…</source>
        <translation>接續…</translation>
    </message>
    <message>
        <source>What the helper Job runs</source>
        <translation>輔助 Job 的執行內容</translation>
    </message>
    <message>
        <source>Folder the job saves to, inside its container</source>
        <translation>工作在容器內的儲存資料夾</translation>
    </message>
    <message>
        <source>Use this folder</source>
        <translation>使用此資料夾</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Checkpoint timeline</source>
        <translation>檢查點時間軸</translation>
    </message>
    <message>
        <source>YAML of the job</source>
        <translation>工作的 YAML</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>複製</translation>
    </message>
    <message>
        <source>Copy the YAML</source>
        <translation>複製 YAML</translation>
    </message>
    <message>
        <source>The YAML</source>
        <translation>YAML</translation>
    </message>
    <message>
        <source>No pods now</source>
        <translation>目前沒有 Pod</translation>
    </message>
    <message numerus="yes">
        <source>Events: %1, %n warning(s)</source>
        <translation>
            <numerusform>事件：%1，%n 則警告</numerusform>
        </translation>
    </message>
    <message>
        <source>Events: %1</source>
        <translation>事件：%1</translation>
    </message>
    <message>
        <source>Events (%1)</source>
        <comment>number of warnings</comment>
        <translation>事件 (%1)</translation>
    </message>
    <message>
        <source>Runtime</source>
        <translation>Runtime</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>進度</translation>
    </message>
    <message>
        <source>Listing needs a Secret in %1</source>
        <translation>列出時需要 %1 中的 Secret</translation>
    </message>
    <message>
        <source>from the bucket</source>
        <translation>來自 bucket</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>重新整理</translation>
    </message>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%n 個符合項目</numerusform>
        </translation>
    </message>
    <message>
        <source>Managed by `%1`, which would undo a change made here.</source>
        <translation>由 `%1` 管理，在此所做的變更會被它復原。</translation>
    </message>
    <message>
        <source>%1 says: `%2`
%3</source>
        <comment>pod, line of its log, what to do</comment>
        <translation>%1 的記錄寫道：`%2`
%3</translation>
    </message>
    <message>
        <source>Show log</source>
        <translation>顯示記錄</translation>
    </message>
    <message>
        <source>A node with a pod of this job does not answer</source>
        <translation>此工作有 Pod 所在的節點沒有回應</translation>
    </message>
    <message>
        <source>Whether the job is still training is not known. Its pods are replaced once the node is back, or once they are deleted.</source>
        <translation>不知道工作是否仍在訓練。節點恢復或 Pod 刪除後，Pod 會被取代。</translation>
    </message>
    <message>
        <source>%1 % (reported by Trainer)</source>
        <translation>%1 %（Trainer 回報）</translation>
    </message>
    <message>
        <source>Lost work</source>
        <translation>已損失的工作量</translation>
    </message>
    <message>
        <source>Unsaved work</source>
        <translation>未儲存的工作量</translation>
    </message>
    <message>
        <source>No container in these pods has restarted.</source>
        <translation>這些 Pod 的容器都沒有重啟過。</translation>
    </message>
    <message>
        <source>Server of the bucket</source>
        <translation>bucket 的伺服器</translation>
    </message>
    <message>
        <source>Use this server</source>
        <translation>使用此伺服器</translation>
    </message>
    <message>
        <source>The server&apos;s address must begin with “https://” or “http://” and name a host.</source>
        <translation>伺服器位址必須以「https://」或「http://」開頭，並指出主機。</translation>
    </message>
    <message>
        <source>Nothing in this folder is a checkpoint format Cairn recognises: torch files, DCP, Hugging Face Trainer, safetensors.</source>
        <translation>此資料夾中沒有 Cairn 認得的檢查點格式：torch 檔案、DCP、Hugging Face Trainer、safetensors。</translation>
    </message>
    <message>
        <source>Name the server…</source>
        <translation>指定伺服器…</translation>
    </message>
    <message>
        <source>They are on the PVC %1, which only a pod in the cluster can read.</source>
        <translation>它們位於 PVC %1，只有叢集中的 Pod 能讀取。</translation>
    </message>
    <message>
        <source>It mounts the PVC %1 read-only, lists the folder, reads the file headers and removes itself.</source>
        <translation>它以唯讀方式掛載 PVC %1、列出資料夾、讀取檔案的開頭，然後自行移除。</translation>
    </message>
    <message>
        <source>The image has changed: it would run %1; in this namespace you have allowed only %2.</source>
        <translation>映像檔已變更：將執行 %1；在此命名空間您只允許過 %2。</translation>
    </message>
    <message>
        <source>It runs the image %1.</source>
        <translation>它會執行映像檔 %1。</translation>
    </message>
    <message>
        <source>Cairn asks once per namespace and image.</source>
        <translation>Cairn 對每個命名空間與映像檔只詢問一次。</translation>
    </message>
    <message>
        <source>No helper Job can be created in %1</source>
        <translation>無法在 %1 建立輔助 Job</translation>
    </message>
    <message>
        <source>They are in the bucket %1.</source>
        <translation>它們在儲存桶 %1 裡。</translation>
    </message>
    <message>
        <source>The job names no credentials: requests go to %1 unsigned.</source>
        <translation>此工作未指定認證資料：請求會不經簽署送往 %1。</translation>
    </message>
    <message>
        <source>It reads the Secret %1 and uses the credentials in it for %2 and nowhere else; they stay in memory.</source>
        <translation>它會讀取 Secret %1，並只將其中的認證資料用於 %2；認證資料僅保留在記憶體中。</translation>
    </message>
    <message>
        <source>This connection is not encrypted: anyone on the network path can read and change what is sent.</source>
        <translation>此連線未加密：網路路徑上的任何人都能讀取並更改傳送的內容。</translation>
    </message>
    <message>
        <source>It uses %1.</source>
        <comment>list of: variable, key and Secret</comment>
        <translation>它使用 %1。</translation>
    </message>
    <message>
        <source>Cairn asks again when the server, the bucket or one of these credentials changes.</source>
        <translation>伺服器、儲存桶或其中任何認證資料變更時，Cairn 會再次詢問。</translation>
    </message>
    <message>
        <source>Listing contacts a server that the job names</source>
        <translation>列出時會連線到此工作指定的伺服器</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>復原</translation>
    </message>
    <message>
        <source>As it is on the server now, read-only</source>
        <translation>伺服器上的現況，唯讀</translation>
    </message>
    <message>
        <source>No events. The server usually keeps them for an hour.</source>
        <translation>沒有事件。伺服器通常保留一小時。</translation>
    </message>
</context>
<context>
    <name>cairn::pages::JobsPage</name>
    <message>
        <source>%1 · %2</source>
        <comment>kind, namespace</comment>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>Last saved</source>
        <translation>最近儲存</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>工作</translation>
    </message>
    <message>
        <source>Columns…</source>
        <translation>欄位…</translation>
    </message>
    <message>
        <source>Name, image, cause, or lost:&gt;10</source>
        <translation>名稱、映像檔、原因或 lost:&gt;10</translation>
    </message>
    <message>
        <source>Filter jobs</source>
        <translation>篩選工作</translation>
    </message>
    <message>
        <source>Clear all</source>
        <translation>全部清除</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>檢視</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>At risk</source>
        <translation>有風險</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已結束</translation>
    </message>
    <message>
        <source>The request for an admin</source>
        <translation>給管理員的要求</translation>
    </message>
    <message>
        <source>State</source>
        <translation>狀態</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>類型</translation>
    </message>
    <message>
        <source>Last checkpoint</source>
        <translation>最近檢查點</translation>
    </message>
    <message>
        <source>Namespace</source>
        <translation>命名空間</translation>
    </message>
    <message>
        <source>↑ ↓</source>
        <translation>↑ ↓</translation>
    </message>
    <message>
        <source>move</source>
        <translation>移動</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>open</source>
        <translation>開啟</translation>
    </message>
    <message>
        <source>logs</source>
        <translation>記錄</translation>
    </message>
    <message>
        <source>resume</source>
        <translation>接續</translation>
    </message>
    <message>
        <source>filter</source>
        <translation>篩選</translation>
    </message>
    <message>
        <source>No job matches the filter</source>
        <translation>沒有符合篩選的工作</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>重新檢查</translation>
    </message>
    <message>
        <source>Reading jobs…</source>
        <translation>正在讀取工作…</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n job(s)</source>
        <translation>
            <numerusform>%n 個工作中的 %1 個</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) so far</source>
        <translation>
            <numerusform>目前 %n 個工作</numerusform>
        </translation>
    </message>
    <message>
        <source>This cluster has no training jobs to list</source>
        <translation>此叢集沒有可列出的訓練工作</translation>
    </message>
    <message>
        <source>The Kubeflow training operator is not installed here: the server does not know its kinds (PyTorchJob, TFJob, …).</source>
        <translation>此處未安裝 Kubeflow training operator：伺服器不認識其類型（PyTorchJob、TFJob…）。</translation>
    </message>
    <message>
        <source>The jobs could not be read</source>
        <translation>無法讀取工作</translation>
    </message>
    <message>
        <source>No training jobs in this cluster</source>
        <translation>此叢集中沒有訓練工作</translation>
    </message>
    <message>
        <source>No training jobs in %1</source>
        <translation>%1 中沒有訓練工作</translation>
    </message>
    <message>
        <source>Show all namespaces</source>
        <translation>顯示所有命名空間</translation>
    </message>
    <message>
        <source>Copy request for an admin</source>
        <translation>複製給管理員的要求</translation>
    </message>
    <message numerus="yes">
        <source>Jobs in %n namespace(s) are not shown</source>
        <translation>
            <numerusform>未顯示 %n 個命名空間的工作</numerusform>
        </translation>
    </message>
    <message>
        <source>None</source>
        <translation>無</translation>
    </message>
    <message>
        <source>Not read</source>
        <translation>未讀取</translation>
    </message>
    <message numerus="yes">
        <source>%1 in %n namespace(s)</source>
        <comment>number of jobs</comment>
        <translation>
            <numerusform>%n 個命名空間中有 %1 個</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 in %2</source>
        <comment>number of jobs, namespaces</comment>
        <translation>%2 中有 %1 個</translation>
    </message>
    <message>
        <source>%1 · %2 GPUs in use</source>
        <translation>%1 · 使用中的 GPU：%2</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s)</source>
        <translation>
            <numerusform>%n 個工作</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 in view, %n hidden by the filter</source>
        <comment>number of jobs</comment>
        <translation>
            <numerusform>顯示 %1，篩選隱藏 %n 個</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 · sorted by %2</source>
        <comment>number of jobs, column</comment>
        <translation>%1 · 依%2排序</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>facet, its only value</comment>
        <translation>%1：%2</translation>
    </message>
    <message numerus="yes">
        <source>%1: %n chosen</source>
        <comment>facet, number of values</comment>
        <translation>
            <numerusform>%1：已選 %n 項</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Other namespaces have %n job(s). %1</source>
        <translation>
            <numerusform>其他命名空間有 %n 個工作。%1</numerusform>
        </translation>
    </message>
    <message>
        <source>Space</source>
        <translation>空白鍵</translation>
    </message>
    <message>
        <source>select</source>
        <translation>選取</translation>
    </message>
    <message>
        <source>No job is selected.</source>
        <translation>沒有選取任何工作。</translation>
    </message>
    <message>
        <source>Not connected: what you see may be old.</source>
        <translation>未連線：您看到的可能是舊資料。</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) selected</source>
        <translation>
            <numerusform>已選取 %n 個工作</numerusform>
        </translation>
    </message>
    <message>
        <source>Open</source>
        <translation>開啟</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>記錄</translation>
    </message>
    <message>
        <source>Resume from a checkpoint…</source>
        <translation>從檢查點接續…</translation>
    </message>
    <message>
        <source>%1 What you see is %2 old; it is refreshed as soon as the server answers.</source>
        <translation>%1 畫面上是舊資料（%2）；伺服器一有回應就會更新。</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to list jobs in all namespaces</source>
        <translation>您無權列出所有命名空間的工作</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to list jobs in %1</source>
        <translation>您無權列出 %1 中的工作</translation>
    </message>
    <message>
        <source>Jobs created with kubectl or a pipeline appear here automatically.</source>
        <translation>以 kubectl 或管線建立的工作會自動顯示在這裡。</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to list jobs in %1. %2</source>
        <translation>您無權列出 %1 中的工作。%2</translation>
    </message>
    <message>
        <source>Already suspended or finished.</source>
        <translation>已經暫停或結束。</translation>
    </message>
    <message>
        <source>None of the selected jobs is suspended.</source>
        <translation>選取的工作都未暫停。</translation>
    </message>
    <message>
        <source>%1 GPUs · stopping loses at most %2</source>
        <translation>%1 個 GPU · 停止最多損失 %2</translation>
    </message>
    <message>
        <source>%1 GPUs · stopping loses %2</source>
        <translation>%1 個 GPU · 停止會損失 %2</translation>
    </message>
</context>
<context>
    <name>cairn::pages::ListPage</name>
    <message>
        <source>The server has not answered since %1</source>
        <translation>伺服器自 %1 起沒有回應</translation>
    </message>
    <message>
        <source>The server is not answering</source>
        <translation>伺服器沒有回應</translation>
    </message>
    <message>
        <source>Not connected since %1</source>
        <translation>自 %1 起未連線</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>未連線</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>重新檢查</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>立即重試</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試一次</translation>
    </message>
</context>
<context>
    <name>cairn::pages::LogPane</name>
    <message>
        <source>Logs</source>
        <translation>記錄</translation>
    </message>
    <message>
        <source>Previous container</source>
        <translation>前一個容器</translation>
    </message>
    <message>
        <source>Search in the logs</source>
        <translation>在記錄中搜尋</translation>
    </message>
    <message>
        <source>First error</source>
        <translation>第一個錯誤</translation>
    </message>
    <message>
        <source>Log lines</source>
        <translation>記錄行</translation>
    </message>
    <message>
        <source>No lines yet</source>
        <translation>尚無任何行</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時間</translation>
    </message>
    <message>
        <source>Pod</source>
        <translation>Pod</translation>
    </message>
    <message>
        <source>Wrap</source>
        <translation>換行</translation>
    </message>
    <message>
        <source>next error</source>
        <translation>下一個錯誤</translation>
    </message>
    <message>
        <source>follow</source>
        <translation>跟隨</translation>
    </message>
    <message>
        <source>No error found in these lines</source>
        <translation>這些行中沒有錯誤</translation>
    </message>
    <message>
        <source>Stop following</source>
        <translation>停止跟隨</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟隨</translation>
    </message>
    <message>
        <source>Show or hide the lines of %1</source>
        <translation>顯示或隱藏 %1 的行</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <comment>number of lines, how the log ended</comment>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>ended</source>
        <translation>已結束</translation>
    </message>
    <message>
        <source>Reading logs…</source>
        <translation>正在讀取記錄…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試一次</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>重新檢查</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>hit, number of hits</comment>
        <translation>%1/%2</translation>
    </message>
    <message>
        <source>Search text or pattern</source>
        <translation>搜尋文字或規則運算式</translation>
    </message>
    <message>
        <source>Previous match (Shift+N)</source>
        <translation>上一個符合項目 (Shift+N)</translation>
    </message>
    <message>
        <source>Next match (N)</source>
        <translation>下一個符合項目 (N)</translation>
    </message>
    <message>
        <source>next match</source>
        <translation>下一個符合項目</translation>
    </message>
    <message>
        <source>invalid pattern</source>
        <translation>無效的規則運算式</translation>
    </message>
    <message>
        <source>%1 earlier lines omitted</source>
        <comment>number of lines</comment>
        <translation>已略過先前的 %1 行</translation>
    </message>
</context>
<context>
    <name>cairn::pages::NamespaceSelector</name>
    <message>
        <source>all</source>
        <comment>every namespace</comment>
        <translation>全部</translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>已選 %n 個</numerusform>
        </translation>
    </message>
    <message>
        <source>Namespace: %1</source>
        <translation>命名空間：%1</translation>
    </message>
    <message>
        <source>Namespaces</source>
        <translation>命名空間</translation>
    </message>
    <message>
        <source>Filter namespaces</source>
        <translation>篩選命名空間</translation>
    </message>
    <message>
        <source>All namespaces</source>
        <translation>所有命名空間</translation>
    </message>
    <message>
        <source>Namespace by name</source>
        <translation>依名稱指定命名空間</translation>
    </message>
    <message>
        <source>Add by name</source>
        <translation>依名稱加入</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>加入</translation>
    </message>
    <message>
        <source>A namespace has at most 63 lower-case letters, digits and hyphens.</source>
        <translation>命名空間由小寫字母、數字與連字號組成，最多 63 個字元。</translation>
    </message>
</context>
<context>
    <name>cairn::pages::NodesPage</name>
    <message>
        <source>Nodes</source>
        <translation>節點</translation>
    </message>
    <message>
        <source>Node, zone, state, or free:&gt;0</source>
        <translation>節點、區域、狀態，或 free:&gt;0</translation>
    </message>
    <message>
        <source>Filter nodes</source>
        <translation>篩選節點</translation>
    </message>
    <message>
        <source>No node matches the filter</source>
        <translation>沒有符合篩選的節點</translation>
    </message>
    <message>
        <source>its pods</source>
        <translation>其 Pod</translation>
    </message>
    <message>
        <source>filter</source>
        <translation>篩選</translation>
    </message>
    <message>
        <source>GPUs requested</source>
        <translation>已要求的 GPU</translation>
    </message>
    <message>
        <source>GPUs free</source>
        <translation>可用的 GPU</translation>
    </message>
    <message>
        <source>Pods</source>
        <translation>Pod</translation>
    </message>
    <message>
        <source>Kubelet</source>
        <translation>Kubelet</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>存在時間</translation>
    </message>
    <message>
        <source>Show its pods</source>
        <translation>顯示其 Pod</translation>
    </message>
    <message>
        <source>The selected node</source>
        <translation>選取的節點</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n node(s) not ready</source>
        <translation>
            <numerusform>%n 個節點中有 %1 個未就緒</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n node(s) ready</source>
        <translation>
            <numerusform>%n 個節點就緒</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 · %2 of %3 GPUs free</source>
        <comment>nodes, GPUs</comment>
        <translation>%1 · %3 個 GPU 中有 %2 個可用</translation>
    </message>
    <message>
        <source>no zone label</source>
        <translation>沒有區域標籤</translation>
    </message>
    <message>
        <source>zone %1</source>
        <translation>區域 %1</translation>
    </message>
    <message>
        <source>The kubelet reports %1: pods may be evicted.</source>
        <translation>kubelet 回報 %1：Pod 可能被驅逐。</translation>
    </message>
    <message>
        <source>What is lost</source>
        <translation>已失去</translation>
    </message>
    <message>
        <source>No training job has a pod here.</source>
        <translation>沒有訓練工作在此有 Pod。</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>另有 %n 個</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading nodes…</source>
        <translation>正在讀取節點…</translation>
    </message>
    <message>
        <source>The nodes could not be read</source>
        <translation>無法讀取節點</translation>
    </message>
    <message>
        <source>No nodes</source>
        <translation>沒有節點</translation>
    </message>
    <message>
        <source>The cluster has no nodes: nothing can run on it.</source>
        <translation>叢集沒有節點：無法執行任何東西。</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) with a pod here: %1.</source>
        <translation>
            <numerusform>%n 個工作在此有 Pod：%1。</numerusform>
        </translation>
    </message>
    <message>
        <source>Details</source>
        <translation>詳細資訊</translation>
    </message>
    <message>
        <source>GPUs allocatable</source>
        <translation>可配置的 GPU</translation>
    </message>
    <message>
        <source>Not ready for %1: its pods are usually evicted or lost after five minutes.</source>
        <translation>未就緒已 %1：其 Pod 通常在五分鐘後被驅逐或遺失。</translation>
    </message>
    <message>
        <source>Not ready: its pods are usually evicted or lost after five minutes.</source>
        <translation>未就緒：其 Pod 通常在五分鐘後被驅逐或遺失。</translation>
    </message>
    <message>
        <source>More GPUs are requested than are allocatable: some of the node&apos;s GPUs are gone.</source>
        <translation>要求的 GPU 多於可配置的數量：節點的部分 GPU 已消失。</translation>
    </message>
    <message>
        <source>Lost if it fails now</source>
        <translation>若此刻失效會失去</translation>
    </message>
    <message>
        <source>From the node and the pods you have permission to read; pods of other namespaces may run here as well.</source>
        <translation>來自節點與您有權讀取的 Pod；其他命名空間的 Pod 也可能在此執行。</translation>
    </message>
    <message>
        <source>From the node and its pods. A GPU counts as requested until its pod has ended.</source>
        <translation>來自節點及其 Pod。GPU 在其 Pod 結束前都算已要求。</translation>
    </message>
    <message>
        <source>%1 Nodes are shown as of then.</source>
        <translation>%1 節點以當時的狀態顯示。</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to list nodes</source>
        <translation>您無權列出節點</translation>
    </message>
</context>
<context>
    <name>cairn::pages::OverviewPage</name>
    <message>
        <source>Overview</source>
        <translation>總覽</translation>
    </message>
    <message>
        <source>Work at risk</source>
        <translation>有風險的成果</translation>
    </message>
    <message>
        <source>High availability</source>
        <translation>高可用性</translation>
    </message>
    <message>
        <source>GPUs</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>Needs attention</source>
        <translation>需要處理</translation>
    </message>
    <message>
        <source>show</source>
        <translation>顯示</translation>
    </message>
    <message>
        <source>no job is running</source>
        <translation>沒有工作在執行</translation>
    </message>
    <message>
        <source>most of it: %1</source>
        <comment>name of a job</comment>
        <translation>其中最多：%1</translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n 個失敗</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n 個等待中</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n suspended</source>
        <translation>
            <numerusform>%n 個已暫停</numerusform>
        </translation>
    </message>
    <message>
        <source>not read yet</source>
        <translation>尚未讀取</translation>
    </message>
    <message numerus="yes">
        <source>%n down</source>
        <translation>
            <numerusform>%n 個停擺</numerusform>
        </translation>
    </message>
    <message>
        <source>nodes cannot be read</source>
        <translation>無法讀取節點</translation>
    </message>
    <message>
        <source>of %1 requested</source>
        <comment>GPUs</comment>
        <translation>/ %1 個已被要求</translation>
    </message>
    <message>
        <source>%1 old</source>
        <comment>age</comment>
        <translation>%1 前的資料</translation>
    </message>
    <message>
        <source>Reading jobs…</source>
        <translation>正在讀取工作…</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>立即重試</translation>
    </message>
    <message>
        <source>The jobs could not be read</source>
        <translation>無法讀取工作</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試一次</translation>
    </message>
    <message>
        <source>Nothing needs attention</source>
        <translation>沒有需要處理的事項</translation>
    </message>
    <message>
        <source>unsaved, at most</source>
        <translation>未儲存（最多）</translation>
    </message>
    <message>
        <source>unsaved</source>
        <translation>未儲存</translation>
    </message>
    <message>
        <source>Shared storage</source>
        <translation>共用儲存</translation>
    </message>
    <message>
        <source>Last %1 hours</source>
        <translation>過去 %1 小時</translation>
    </message>
    <message numerus="yes">
        <source>and %n more job(s)</source>
        <translation>
            <numerusform>另有 %n 個工作</numerusform>
        </translation>
    </message>
    <message>
        <source>of %1</source>
        <comment>bytes</comment>
        <translation>/ %1</translation>
    </message>
    <message>
        <source>nothing measured yet</source>
        <translation>尚未測量</translation>
    </message>
    <message>
        <source>%1 is full</source>
        <comment>name of a claim</comment>
        <translation>%1 已滿</translation>
    </message>
    <message>
        <source>%1 full in %2</source>
        <comment>name of a claim, time</comment>
        <translation>%1 將於 %2 後滿</translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n 執行中</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <comment>between counts</comment>
        <translation>、</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <comment>context, its jobs</comment>
        <translation>%1 · %2</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s)</source>
        <translation>
            <numerusform>%n 個工作</numerusform>
        </translation>
    </message>
    <message>
        <source>its action</source>
        <translation>其動作</translation>
    </message>
    <message>
        <source>refresh</source>
        <translation>重新整理</translation>
    </message>
    <message>
        <source>%1, at most</source>
        <comment>unit</comment>
        <translation>%1（最多）</translation>
    </message>
    <message>
        <source>%1 unsaved</source>
        <comment>unit</comment>
        <translation>%1未儲存</translation>
    </message>
    <message>
        <source>no observable component</source>
        <translation>沒有可觀測的元件</translation>
    </message>
    <message>
        <source>of %1 tolerate a node failure</source>
        <comment>components</comment>
        <translation>/ %1 能承受節點失效</translation>
    </message>
    <message numerus="yes">
        <source>%n at risk</source>
        <translation>
            <numerusform>%n 個有風險</numerusform>
        </translation>
    </message>
    <message>
        <source>no PVCs</source>
        <translation>沒有 PVC</translation>
    </message>
    <message>
        <source>no size limit</source>
        <translation>無容量上限</translation>
    </message>
    <message numerus="yes">
        <source>%n PVC(s) not measured</source>
        <translation>
            <numerusform>%n 個 PVC 未量測</numerusform>
        </translation>
    </message>
    <message>
        <source>no allocatable GPUs</source>
        <translation>沒有可配置的 GPU</translation>
    </message>
    <message>
        <source>%1 idle in stalled jobs</source>
        <comment>GPUs</comment>
        <translation>%1 個閒置於停滯的工作</translation>
    </message>
    <message>
        <source>No job has failed or is waiting, no checkpoint is damaged or overdue, every node is ready, no PVC is filling up.</source>
        <translation>沒有失敗或等待中的工作，沒有損壞或逾時的檢查點，所有節點就緒，沒有 PVC 快滿。</translation>
    </message>
</context>
<context>
    <name>cairn::pages::PodsPage</name>
    <message>
        <source>Pods</source>
        <translation>Pod</translation>
    </message>
    <message>
        <source>Pod, job, node, state, or restarts:&gt;3</source>
        <translation>Pod、工作、節點、狀態，或 restarts:&gt;3</translation>
    </message>
    <message>
        <source>Filter pods</source>
        <translation>篩選 Pod</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>顯示</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>No pod matches the filter</source>
        <translation>沒有符合篩選的 Pod</translation>
    </message>
    <message>
        <source>open its job</source>
        <translation>開啟其工作</translation>
    </message>
    <message>
        <source>logs</source>
        <translation>記錄</translation>
    </message>
    <message>
        <source>YAML</source>
        <translation>YAML</translation>
    </message>
    <message>
        <source>filter</source>
        <translation>篩選</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>記錄</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>關閉 (Esc)</translation>
    </message>
    <message>
        <source>YAML of the pod</source>
        <translation>Pod 的 YAML</translation>
    </message>
    <message>
        <source>Reading the object…</source>
        <translation>正在讀取物件…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試一次</translation>
    </message>
    <message>
        <source>%1 (gone)</source>
        <comment>name of a pod</comment>
        <translation>%1（已不存在）</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n pod(s) failed, or not ready</source>
        <translation>
            <numerusform>%n 個 Pod 中有 %1 個失敗或未就緒</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading pods…</source>
        <translation>正在讀取 Pod…</translation>
    </message>
    <message>
        <source>The pods could not be read</source>
        <translation>無法讀取 Pod</translation>
    </message>
    <message>
        <source>No pods</source>
        <translation>沒有 Pod</translation>
    </message>
    <message>
        <source>Failing</source>
        <translation>有問題</translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s), none failing</source>
        <translation>
            <numerusform>%n 個 Pod，皆無問題</numerusform>
        </translation>
    </message>
    <message>
        <source>Failing (%1)</source>
        <comment>number</comment>
        <translation>有問題 (%1)</translation>
    </message>
    <message>
        <source>%1 Pods are shown as of then.</source>
        <translation>%1 Pod 以當時的狀態顯示。</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to list pods</source>
        <translation>您無權列出 Pod</translation>
    </message>
    <message>
        <source>Nothing is running in the watched namespaces.</source>
        <translation>監看的命名空間中沒有東西在執行。</translation>
    </message>
</context>
<context>
    <name>cairn::pages::QuotasPage</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>另有 %n 個</numerusform>
        </translation>
    </message>
    <message>
        <source>Quotas</source>
        <translation>配額</translation>
    </message>
    <message>
        <source>Resource, namespace, quota, or used:&gt;80</source>
        <translation>資源、命名空間、配額，或 used:&gt;80</translation>
    </message>
    <message>
        <source>Filter quotas</source>
        <translation>篩選配額</translation>
    </message>
    <message>
        <source>No quota matches the filter</source>
        <translation>沒有配額符合篩選條件</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>顯示</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>GPUs</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>Nearly full</source>
        <translation>即將用滿</translation>
    </message>
    <message>
        <source>filter</source>
        <translation>篩選</translation>
    </message>
    <message>
        <source>refresh</source>
        <translation>重新整理</translation>
    </message>
    <message>
        <source>The selected quota</source>
        <translation>選取的配額</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>詳細資訊</translation>
    </message>
    <message>
        <source>Used</source>
        <translation>已用</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>上限</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>可用</translation>
    </message>
    <message>
        <source>Counts</source>
        <translation>計入</translation>
    </message>
    <message>
        <source>Flavor</source>
        <translation>Flavor</translation>
    </message>
    <message>
        <source>Cohort</source>
        <translation>Cohort</translation>
    </message>
    <message>
        <source>May borrow</source>
        <translation>可借用</translation>
    </message>
    <message>
        <source>Workloads</source>
        <translation>工作負載</translation>
    </message>
    <message>
        <source>Defaults and bounds</source>
        <translation>預設值與界限</translation>
    </message>
    <message>
        <source>Local queues</source>
        <translation>LocalQueue</translation>
    </message>
    <message>
        <source>Nearly full (%1)</source>
        <comment>number</comment>
        <translation>即將用滿（%1）</translation>
    </message>
    <message>
        <source>%1 of %2 GPUs of the namespaces&apos; quotas used</source>
        <translation>命名空間配額的 GPU 已用 %1/%2</translation>
    </message>
    <message numerus="yes">
        <source>%n limit(s) reached</source>
        <translation>
            <numerusform>%n 項已達上限</numerusform>
        </translation>
    </message>
    <message>
        <source>no limit reached</source>
        <translation>皆未達上限</translation>
    </message>
    <message>
        <source>requests %1</source>
        <translation>request %1</translation>
    </message>
    <message>
        <source>limit %1</source>
        <translation>limit %1</translation>
    </message>
    <message>
        <source>at least %1</source>
        <translation>至少 %1</translation>
    </message>
    <message>
        <source>at most %1</source>
        <translation>最多 %1</translation>
    </message>
    <message>
        <source>%1, %2: %3</source>
        <comment>Container or Pod, resource, its defaults and bounds</comment>
        <translation>%1：%2，%3 {1,?} {2:?}</translation>
    </message>
    <message>
        <source>No LimitRange: a container without a request or limit gets none, and a quota on the resource rejects it.</source>
        <translation>沒有 LimitRange：未設定要求或限制的容器不會得到預設值，而計算此資源的配額會拒絕它。</translation>
    </message>
    <message>
        <source>Not known: the LimitRanges of the namespace were not read.</source>
        <translation>不明：未讀取該命名空間的 LimitRange。</translation>
    </message>
    <message>
        <source>waiting workloads not known</source>
        <translation>等待的工作負載不明</translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n 個等待中</numerusform>
        </translation>
    </message>
    <message>
        <source>%1: %2, stopped</source>
        <comment>queue, workloads</comment>
        <translation>%1：%2，已停止</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>queue, workloads</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>No visible LocalQueue points here.</source>
        <translation>看得到的 LocalQueue 都未指向此處。</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>kind, name</comment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>%1 · %2 %3</source>
        <comment>namespace, kind, name</comment>
        <translation>%1 · %2 %3 {1 ?}</translation>
    </message>
    <message>
        <source>The queue is stopped: it admits no workload until its stopPolicy is None.</source>
        <translation>佇列已停止：在其 stopPolicy 改為 None 之前，不會准入任何工作負載。</translation>
    </message>
    <message>
        <source>None of this resource is allowed here: pods that request it are rejected.</source>
        <translation>此處不允許使用這項資源：要求它的 Pod 會被拒絕。</translation>
    </message>
    <message>
        <source>New pods that request it are rejected until others end. A job resumed in place reuses what it freed itself.</source>
        <translation>在其他 Pod 結束前，要求它的新 Pod 會被拒絕。就地接續的工作會使用自己釋出的資源。</translation>
    </message>
    <message>
        <source>New workloads wait until others finish.</source>
        <translation>新的工作負載會等到其他工作負載結束。</translation>
    </message>
    <message>
        <source>New workloads wait until others finish, or until cohort %1 lends more.</source>
        <translation>新的工作負載會等到其他工作負載結束，或群組 %1 借出更多。</translation>
    </message>
    <message>
        <source>what is idle</source>
        <translation>閒置的部分</translation>
    </message>
    <message>
        <source>%1 admitted, %2 waiting</source>
        <translation>已准入 %1，等待中 %2</translation>
    </message>
    <message>
        <source>reservations</source>
        <translation>預留量</translation>
    </message>
    <message>
        <source>all pods</source>
        <translation>所有 Pod</translation>
    </message>
    <message>
        <source>pods with %1</source>
        <translation>具有 %1 的 Pod</translation>
    </message>
    <message>
        <source>From the ClusterQueue&apos;s status, as Kueue counts.</source>
        <translation>取自 ClusterQueue 的 status，依 Kueue 的計算。</translation>
    </message>
    <message>
        <source>From the ResourceQuota&apos;s status, as the server counts.</source>
        <translation>取自 ResourceQuota 的 status，依伺服器的計算。</translation>
    </message>
    <message>
        <source>Reading quotas…</source>
        <translation>正在讀取配額…</translation>
    </message>
    <message>
        <source>%1 Quotas are shown as of then.</source>
        <translation>%1 配額以當時的狀態顯示。</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to list quotas</source>
        <translation>您無權列出配額</translation>
    </message>
    <message>
        <source>The quotas could not be read</source>
        <translation>無法讀取配額</translation>
    </message>
    <message>
        <source>No quotas here</source>
        <translation>此處沒有配額</translation>
    </message>
    <message>
        <source>No ResourceQuota limits the watched namespaces, and there is no Kueue ClusterQueue: only node capacity limits what can start.</source>
        <translation>沒有 ResourceQuota 限制監看的命名空間，Kueue 也沒有 ClusterQueue：只有節點的容量限制能啟動什麼。</translation>
    </message>
</context>
<context>
    <name>cairn::pages::SelectionBar</name>
    <message>
        <source>Suspend…</source>
        <translation>暫停…</translation>
    </message>
    <message>
        <source>Unsuspend…</source>
        <translation>解除暫停…</translation>
    </message>
    <message>
        <source>Save YAML…</source>
        <translation>儲存 YAML…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>刪除…</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Clear the selection</source>
        <translation>清除選取</translation>
    </message>
    <message>
        <source>%1. %2</source>
        <comment>what is selected, its cost</comment>
        <translation>%1。%2</translation>
    </message>
</context>
<context>
    <name>cairn::pages::SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>配色</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>淺色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>%1 %</source>
        <comment>text size</comment>
        <translation>%1%</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>語言</translation>
    </message>
    <message>
        <source>After connecting show</source>
        <translation>連線後顯示</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>總覽</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>工作</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Shown</source>
        <translation>顯示於</translation>
    </message>
    <message>
        <source>A job failed</source>
        <translation>有工作失敗</translation>
    </message>
    <message>
        <source>The newest checkpoint is damaged</source>
        <translation>最新的檢查點損壞</translation>
    </message>
    <message>
        <source>A checkpoint is overdue</source>
        <translation>檢查點逾時未儲存</translation>
    </message>
    <message>
        <source>A controller has no leader</source>
        <translation>控制器沒有領導者</translation>
    </message>
    <message>
        <source>Tell me when</source>
        <translation>在下列情況通知我</translation>
    </message>
    <message>
        <source>Quiet from</source>
        <translation>勿擾開始</translation>
    </message>
    <message>
        <source>Quiet until</source>
        <translation>勿擾結束</translation>
    </message>
    <message>
        <source>until</source>
        <comment>between two times</comment>
        <translation>至</translation>
    </message>
    <message>
        <source>From</source>
        <translation>自</translation>
    </message>
    <message>
        <source>Add a kubeconfig…</source>
        <translation>加入 kubeconfig…</translation>
    </message>
    <message>
        <source>Add a folder of sign-in programs…</source>
        <translation>加入登入程式的資料夾…</translation>
    </message>
    <message>
        <source>About</source>
        <translation>關於</translation>
    </message>
    <message>
        <source>Runs for sign-in</source>
        <translation>登入時執行</translation>
    </message>
    <message>
        <source>Helper pods</source>
        <translation>輔助 Pod</translation>
    </message>
    <message>
        <source>Kubeconfig</source>
        <translation>Kubeconfig</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove %1</source>
        <translation>移除 %1</translation>
    </message>
    <message>
        <source>In the window only: this desktop has no notification service.</source>
        <translation>只在視窗內：此桌面沒有通知服務。</translation>
    </message>
    <message>
        <source>Changes apply immediately. Kept in one file, which holds no secrets.</source>
        <translation>變更立即生效。存於一個檔案，其中沒有機密。</translation>
    </message>
    <message>
        <source>Follow the system</source>
        <translation>跟隨系統</translation>
    </message>
    <message>
        <source>Appearance and startup</source>
        <translation>外觀與啟動</translation>
    </message>
    <message>
        <source>Takes effect at the next start.</source>
        <translation>下次啟動時生效。</translation>
    </message>
    <message>
        <source>Send a test</source>
        <translation>傳送測試</translation>
    </message>
    <message>
        <source>A PVC is nearly full</source>
        <translation>PVC 快滿</translation>
    </message>
    <message>
        <source>A node is lost</source>
        <translation>節點失聯</translation>
    </message>
    <message>
        <source>A component is down</source>
        <translation>元件停擺</translation>
    </message>
    <message>
        <source>A change was not finished</source>
        <translation>變更未完成</translation>
    </message>
    <message>
        <source>Nearly full at, in per cent</source>
        <translation>視為快滿的百分比</translation>
    </message>
    <message>
        <source>Nearly full at</source>
        <translation>快滿門檻</translation>
    </message>
    <message>
        <source>Enter a number from 50 to 99, in per cent.</source>
        <translation>50 到 99 的數字，以百分比計。</translation>
    </message>
    <message>
        <source>Quiet hours: no desktop notifications, only in the window</source>
        <translation>勿擾時段：桌面不通知，只在視窗內顯示</translation>
    </message>
    <message>
        <source>Start a helper pod when a checkpoint is due on a PVC</source>
        <translation>PVC 上應已有檢查點時啟動輔助 Pod</translation>
    </message>
    <message>
        <source>Where helper pods are allowed, for jobs whose checkpoints were read before, at most every 15 minutes. Buckets are always checked.</source>
        <translation>僅在允許輔助 Pod 之處、對先前讀過檢查點的工作，最多每 15 分鐘一次。儲存桶則一律會檢查。</translation>
    </message>
    <message>
        <source>Permissions and additions</source>
        <translation>已允許與已加入的項目</translation>
    </message>
    <message>
        <source>Nothing. Cairn asks before it runs a program, starts a helper pod, queries kubelets or uses a bucket&apos;s credentials.</source>
        <translation>沒有。Cairn 在執行程式、啟動輔助 Pod、查詢 kubelet 或使用儲存桶的認證資料之前都會先詢問。</translation>
    </message>
    <message>
        <source>Queries kubelets</source>
        <translation>查詢 kubelet</translation>
    </message>
    <message>
        <source>Bucket credentials</source>
        <translation>儲存桶的認證資料</translation>
    </message>
    <message>
        <source>Program folder</source>
        <translation>程式資料夾</translation>
    </message>
    <message>
        <source>Revoke</source>
        <translation>撤銷</translation>
    </message>
    <message>
        <source>Revoke: %1, %2</source>
        <comment>kind of consent, whom</comment>
        <translation>撤銷：%1，%2</translation>
    </message>
    <message>
        <source>On the desktop; in the window while it is active.</source>
        <translation>在桌面；視窗使用中時則在視窗內。</translation>
    </message>
    <message>
        <source>Enter two times, such as 22:00 and 7:00.</source>
        <translation>請輸入兩個時間，例如 22:00 與 7:00。</translation>
    </message>
</context>
<context>
    <name>cairn::pages::StoragePage</name>
    <message>
        <source>Storage</source>
        <translation>儲存空間</translation>
    </message>
    <message>
        <source>Sources</source>
        <translation>資料來源</translation>
    </message>
    <message>
        <source>%1 has lost its volume</source>
        <translation>%1 失去了磁碟區</translation>
    </message>
    <message>
        <source>%1 is %2 % full</source>
        <translation>%1 已用 %2 %</translation>
    </message>
    <message numerus="yes">
        <source>%1 is full in %n hour(s)</source>
        <translation>
            <numerusform>%1 將在 %n 小時後用滿</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 is full in %n day(s)</source>
        <translation>
            <numerusform>%1 將在 %n 天後用滿</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>used, there are</comment>
        <translation>%1/%2</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>by, when</comment>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>%1, at least %2</source>
        <comment>likely, soonest</comment>
        <translation>%1，至少 %2</translation>
    </message>
    <message>
        <source>%1 d</source>
        <comment>days</comment>
        <translation>%1 天</translation>
    </message>
    <message>
        <source>%1, likely %2 to %3</source>
        <comment>likely, soonest, latest days</comment>
        <translation>%1，可能 %2 至 %3</translation>
    </message>
    <message>
        <source>none</source>
        <translation>無</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>量測中…</translation>
    </message>
    <message>
        <source>Measure now</source>
        <translation>立即量測</translation>
    </message>
    <message>
        <source>Measure…</source>
        <translation>量測…</translation>
    </message>
    <message numerus="yes">
        <source>%1 (%n pod(s))</source>
        <translation>
            <numerusform>%1（%n 個 Pod）</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 (not running)</source>
        <translation>%1（未執行）</translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>另外 %n 個</numerusform>
        </translation>
    </message>
    <message>
        <source>at least %1</source>
        <translation>至少 %1</translation>
    </message>
    <message numerus="yes">
        <source>%n checkpoint(s), read %1</source>
        <translation>
            <numerusform>%n 個檢查點，讀取於 %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>And %n more job(s).</source>
        <translation>
            <numerusform>以及另外 %n 個工作。</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 over time</source>
        <translation>%1 的使用量變化</translation>
    </message>
    <message>
        <source>Show as chart</source>
        <translation>以圖表顯示</translation>
    </message>
    <message>
        <source>Show as table</source>
        <translation>以表格顯示</translation>
    </message>
    <message>
        <source>filter</source>
        <translation>篩選</translation>
    </message>
    <message>
        <source>Buckets</source>
        <translation>儲存桶</translation>
    </message>
    <message>
        <source>7 d</source>
        <comment>days</comment>
        <translation>7 天</translation>
    </message>
    <message>
        <source>30 d</source>
        <comment>days</comment>
        <translation>30 天</translation>
    </message>
    <message>
        <source>90 d</source>
        <comment>days</comment>
        <translation>90 天</translation>
    </message>
    <message>
        <source>Used</source>
        <translation>已用</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>可用</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>檔案數</translation>
    </message>
    <message>
        <source>Full in</source>
        <translation>用滿時間</translation>
    </message>
    <message>
        <source>Growth</source>
        <translation>增長</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>量測</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>磁碟區</translation>
    </message>
    <message>
        <source>Driver</source>
        <translation>驅動程式</translation>
    </message>
    <message>
        <source>Used by</source>
        <translation>使用者</translation>
    </message>
    <message>
        <source>What fills it</source>
        <translation>占用來源</translation>
    </message>
    <message>
        <source>PVC, class, driver, or job</source>
        <translation>PVC、類別、驅動程式或工作</translation>
    </message>
    <message>
        <source>Filter PVCs</source>
        <translation>篩選 PVC</translation>
    </message>
    <message>
        <source>No PVC matches the filter</source>
        <translation>沒有 PVC 符合篩選條件</translation>
    </message>
    <message>
        <source>refresh</source>
        <translation>重新整理</translation>
    </message>
    <message>
        <source>Time range</source>
        <translation>時間範圍</translation>
    </message>
    <message>
        <source>Usage over time</source>
        <translation>使用量變化</translation>
    </message>
    <message>
        <source>No measurements in this period</source>
        <translation>這段期間沒有量測</translation>
    </message>
    <message>
        <source>Where PVC usage comes from</source>
        <translation>PVC 使用量的來源</translation>
    </message>
    <message>
        <source>Query the kubelets, through nodes/proxy</source>
        <translation>經由 nodes/proxy 查詢 kubelet</translation>
    </message>
    <message>
        <source>**The permission this needs allows far more than reading statistics.** Anyone who can `get nodes/proxy` can also run commands in every pod of a node, bypassing admission and the audit log. Cairn reads `/stats/summary` and nothing else; do not request this permission only for Cairn.</source>
        <translation>**此處所需的權限遠不只讀取統計資料。** 能 `get nodes/proxy` 的人也能在節點的每個 Pod 中執行命令，繞過准入控制與稽核紀錄。Cairn 只讀取 `/stats/summary`；請勿只為了 Cairn 申請此權限。</translation>
    </message>
    <message>
        <source>A helper pod can measure any bound PVC: select the PVC, then Measure…</source>
        <translation>輔助 Pod 可量測任何已繫結的 PVC：選取 PVC，再按「量測…」</translation>
    </message>
    <message>
        <source>The selected PVC</source>
        <translation>選取的 PVC</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>詳細資訊</translation>
    </message>
    <message>
        <source>Capacity</source>
        <translation>容量</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %2 in %n PVC(s)</source>
        <translation>
            <numerusform>%n 個 PVC 共用 %1/%2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not measured</source>
        <translation>
            <numerusform>%n 個未量測</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, requested %2</source>
        <translation>%1，要求 %2</translation>
    </message>
    <message>
        <source>Allow and measure</source>
        <translation>允許並量測</translation>
    </message>
    <message>
        <source>A helper pod reads the file system&apos;s usage.</source>
        <translation>由輔助 Pod 讀取檔案系統的使用量。</translation>
    </message>
    <message>
        <source>Cairn creates a Job in namespace %1 with the image of a pod that uses the PVC. It mounts the PVC read-only, reads the file system&apos;s usage, and is gone a minute later. This also allows the Jobs that list checkpoints there.</source>
        <translation>Cairn 會在命名空間 %1 建立一個 Job，使用掛載此 PVC 的 Pod 的映像檔。它以唯讀方式掛載此 PVC、讀取檔案系統的使用量，一分鐘後即消失。同意後也允許在該處列出檢查點的 Job。</translation>
    </message>
    <message>
        <source>No pod mounts it now.</source>
        <translation>目前沒有 Pod 掛載它。</translation>
    </message>
    <message>
        <source>No pod since %1.</source>
        <translation>自 %1 起沒有 Pod。</translation>
    </message>
    <message>
        <source>The checkpoints on it have not been read yet: read them on the Checkpoints page.</source>
        <translation>尚未讀取其上的檢查點：請在「檢查點」頁讀取。</translation>
    </message>
    <message>
        <source>%1 is other data, or belongs to jobs that were not read.</source>
        <translation>另有 %1 為其他資料，或屬於尚未讀取的工作。</translation>
    </message>
    <message>
        <source>Prometheus: searching…</source>
        <translation>Prometheus：尋找中…</translation>
    </message>
    <message>
        <source>Prometheus: no service with its labels was found, or you don&apos;t have permission to list services.</source>
        <translation>Prometheus：找不到帶有其標籤的服務，或您沒有列出服務的權限。</translation>
    </message>
    <message>
        <source>Prometheus: %1, through services/proxy, every minute.</source>
        <translation>Prometheus：%1，經由 services/proxy，每分鐘一次。</translation>
    </message>
    <message>
        <source>Reading PVCs…</source>
        <translation>正在讀取 PVC…</translation>
    </message>
    <message>
        <source>%1 Each number shows its age; they are refreshed as soon as the server answers.</source>
        <translation>%1 每個數據都標示其時間；伺服器回應後立即更新。</translation>
    </message>
    <message>
        <source>You don&apos;t have permission to list PVCs</source>
        <translation>您無權列出 PVC</translation>
    </message>
    <message>
        <source>The PVCs could not be read</source>
        <translation>無法讀取 PVC</translation>
    </message>
    <message>
        <source>No PVCs here</source>
        <translation>此處沒有 PVC</translation>
    </message>
    <message>
        <source>None of the watched namespaces contains a PersistentVolumeClaim.</source>
        <translation>監看的命名空間中沒有 PersistentVolumeClaim。</translation>
    </message>
</context>
<context>
    <name>cairn::s3::Access</name>
    <message>
        <source>The endpoint %1 cannot be used</source>
        <translation>無法使用端點 %1</translation>
    </message>
    <message>
        <source>Name it as https://HOST[:PORT]</source>
        <translation>請寫成 https://HOST[:PORT]</translation>
    </message>
    <message>
        <source>It holds a user name or password, which S3 does not take</source>
        <translation>它含有使用者名稱或密碼，S3 不接受</translation>
    </message>
    <message>
        <source>It has more than a host and a port</source>
        <translation>它除了主機與連接埠還有其他內容</translation>
    </message>
    <message>
        <source>The certificates of AWS_CA_BUNDLE cannot be read</source>
        <translation>無法讀取 AWS_CA_BUNDLE 的憑證</translation>
    </message>
    <message>
        <source>Correct the variable, or leave it out</source>
        <translation>請更正此變數，或不要設定</translation>
    </message>
    <message>
        <source>Check who may read %1</source>
        <translation>請檢查誰可以讀取 %1</translation>
    </message>
    <message>
        <source>%1 holds no PEM certificates</source>
        <translation>%1 中沒有 PEM 憑證</translation>
    </message>
    <message>
        <source>Name a file with the store&apos;s root certificates in PEM form</source>
        <translation>請指定含有該儲存服務根憑證的 PEM 檔案</translation>
    </message>
    <message>
        <source>%1 cannot be listed</source>
        <translation>無法列出 %1</translation>
    </message>
    <message>
        <source>Name it as s3://BUCKET/PREFIX</source>
        <translation>請寫成 s3://BUCKET/PREFIX</translation>
    </message>
    <message>
        <source>The region cannot be used</source>
        <translation>無法使用此區域</translation>
    </message>
    <message>
        <source>Name it as in us-east-1, or leave it out</source>
        <translation>請寫成如 us-east-1，或不要指定</translation>
    </message>
    <message>
        <source>AWS_SECRET_ACCESS_KEY is set and AWS_ACCESS_KEY_ID is not</source>
        <translation>已設定 AWS_SECRET_ACCESS_KEY，但沒有 AWS_ACCESS_KEY_ID</translation>
    </message>
    <message>
        <source>AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not</source>
        <translation>已設定 AWS_ACCESS_KEY_ID，但沒有 AWS_SECRET_ACCESS_KEY</translation>
    </message>
    <message>
        <source>Set both, or neither for a public bucket</source>
        <translation>請兩者都設定；公開的 bucket 則都不設定</translation>
    </message>
    <message>
        <source>It is not a URL that starts with https:// or http://</source>
        <translation>它不是以 https:// 或 http:// 開頭的 URL</translation>
    </message>
    <message>
        <source>%1 is not a file</source>
        <translation>%1 不是檔案</translation>
    </message>
    <message>
        <source>It does not start with s3://</source>
        <translation>它不是以 s3:// 開頭</translation>
    </message>
    <message>
        <source>“%1” is not a valid bucket name</source>
        <translation>「%1」不是有效的 bucket 名稱</translation>
    </message>
    <message>
        <source>“%1” is not a valid region name</source>
        <translation>「%1」不是有效的區域名稱</translation>
    </message>
    <message>
        <source>The credentials for the bucket are incomplete</source>
        <translation>bucket 的認證資料不完整</translation>
    </message>
</context>
<context>
    <name>cairn::s3::Answer</name>
    <message>
        <source>The object store&apos;s answer cannot be read</source>
        <translation>無法讀取物件儲存的回應</translation>
    </message>
    <message>
        <source>Check that the endpoint is an S3 server and that nothing in between changes its answers</source>
        <translation>請檢查端點是否為 S3 伺服器，且途中沒有任何東西更改其回應</translation>
    </message>
    <message>
        <source>It lists an object without a name</source>
        <translation>它列出了沒有名稱的物件</translation>
    </message>
    <message>
        <source>It states a size for %1 that no object can have</source>
        <translation>它為 %1 宣稱了任何物件都不可能有的大小</translation>
    </message>
    <message>
        <source>Name the endpoint that serves this bucket, or its region</source>
        <translation>請指定提供此 bucket 的端點或其區域</translation>
    </message>
    <message>
        <source>%1 does not accept the session token</source>
        <translation>%1 不接受此 session token</translation>
    </message>
    <message>
        <source>%1 does not know the access key</source>
        <translation>%1 不認得此 access key</translation>
    </message>
    <message>
        <source>Check the access key, and that it belongs to this endpoint</source>
        <translation>請檢查 access key，以及它是否屬於此端點</translation>
    </message>
    <message>
        <source>Check the secret key; a proxy that changes requests has the same effect</source>
        <translation>請檢查 secret key；會更改請求的代理也會造成同樣結果</translation>
    </message>
    <message>
        <source>The clocks of this machine and of %1 differ too much</source>
        <translation>本機與 %1 的時鐘相差太多</translation>
    </message>
    <message>
        <source>The clocks of this machine and of %1 differ by %2</source>
        <translation>本機與 %1 的時鐘相差 %2</translation>
    </message>
    <message>
        <source>Set this machine&apos;s clock; requests must be signed within 15 minutes</source>
        <translation>請校正本機時鐘；請求必須在 15 分鐘內簽章</translation>
    </message>
    <message>
        <source>It does not accept requests for the region %1</source>
        <translation>它不接受區域 %1 的請求</translation>
    </message>
    <message>
        <source>Name the bucket&apos;s region</source>
        <translation>請指定 bucket 的區域</translation>
    </message>
    <message>
        <source>The object is archived</source>
        <translation>物件已封存</translation>
    </message>
    <message>
        <source>Restore it first</source>
        <translation>請先還原它</translation>
    </message>
    <message>
        <source>There is no such bucket at %1</source>
        <translation>%1 上沒有這個 bucket</translation>
    </message>
    <message>
        <source>Check the bucket&apos;s name and the endpoint</source>
        <translation>請檢查 bucket 的名稱與端點</translation>
    </message>
    <message>
        <source>Try again later</source>
        <translation>請稍後再試</translation>
    </message>
    <message>
        <source>Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY</source>
        <translation>請設定 AWS_ACCESS_KEY_ID 與 AWS_SECRET_ACCESS_KEY</translation>
    </message>
    <message>
        <source>%1 answered with status %2</source>
        <translation>%1 回應狀態 %2</translation>
    </message>
    <message>
        <source>Check the endpoint, the bucket and the region</source>
        <translation>請檢查端點、bucket 與區域</translation>
    </message>
    <message>
        <source>%1 answered with a web page and status %2</source>
        <translation>%1 回應了網頁，狀態 %2</translation>
    </message>
    <message>
        <source>%1 is not an S3 server: check the endpoint, and whether a proxy or sign-in page stands in between</source>
        <translation>%1 不是 S3 伺服器：請檢查端點，以及中間是否有代理或登入頁面</translation>
    </message>
    <message>
        <source>It names a version of %1 that no store would</source>
        <translation>它為 %1 列出了任何儲存服務都不會有的版本</translation>
    </message>
    <message>
        <source>It is not complete XML: %1 in line %2</source>
        <translation>它不是完整的 XML：%1，位於第 %2 行</translation>
    </message>
    <message>
        <source>It says that the list continues, but not where</source>
        <translation>它說列表還沒完，卻沒說從哪裡繼續</translation>
    </message>
    <message>
        <source>%1 redirects to “%2”, and neither requests nor credentials follow it there</source>
        <translation>%1 轉往「%2」，請求與認證資料都不會跟過去</translation>
    </message>
    <message>
        <source>The session token of these temporary credentials has expired</source>
        <translation>這組暫時認證資料的 session token 已過期</translation>
    </message>
    <message>
        <source>Get new credentials and try again</source>
        <translation>請取得新的認證資料後再試</translation>
    </message>
    <message>
        <source>Get new credentials, or leave AWS_SESSION_TOKEN out where they are permanent</source>
        <translation>請取得新的認證資料；若為永久認證資料，請不要設定 AWS_SESSION_TOKEN</translation>
    </message>
    <message>
        <source>The signature does not match the access key</source>
        <translation>簽章與 access key 不符</translation>
    </message>
    <message>
        <source>%1 is overloaded and asks for fewer requests</source>
        <translation>%1 負載過重，要求減少請求</translation>
    </message>
    <message>
        <source>The credentials do not permit this</source>
        <translation>這組認證資料沒有此權限</translation>
    </message>
    <message>
        <source>Ask for permission to list the bucket and to read its objects</source>
        <translation>請申請列出 bucket 與讀取其物件的權限</translation>
    </message>
    <message>
        <source>It cannot be read without credentials</source>
        <translation>沒有認證資料無法讀取</translation>
    </message>
    <message>
        <source>It is not a list of objects</source>
        <translation>它不是物件列表</translation>
    </message>
    <message>
        <source>It is not a list of versions</source>
        <translation>它不是版本列表</translation>
    </message>
</context>
<context>
    <name>cairn::s3::Bucket</name>
    <message>
        <source>Listing %1</source>
        <translation>正在列出 %1</translation>
    </message>
    <message>
        <source>The bucket %1 at %2 cannot be listed</source>
        <translation>無法列出 %2 上的 bucket %1</translation>
    </message>
    <message>
        <source>Name a prefix further down; the store does not page as S3 does</source>
        <translation>請指定更下層的前綴；此儲存服務的分頁方式與 S3 不同</translation>
    </message>
    <message>
        <source>There is nothing under %1 in the bucket %2</source>
        <translation>bucket %2 的 %1 之下沒有任何東西</translation>
    </message>
    <message>
        <source>No object&apos;s name begins with it</source>
        <translation>沒有任何物件的名稱以它開頭</translation>
    </message>
    <message>
        <source>Name the folder that holds the checkpoints</source>
        <translation>請指定存放檢查點的資料夾</translation>
    </message>
    <message numerus="yes">
        <source>%n objects could not be read. %1: %2.</source>
        <translation>
            <numerusform>無法讀取 %n 個物件。%1：%2。</numerusform>
        </translation>
    </message>
    <message>
        <source>The listing stopped after %1 versions; name a prefix further down.</source>
        <translation>列出 %1 個版本後停止；請指定更深的前綴。</translation>
    </message>
    <message>
        <source>The bucket keeps no versions: what was overwritten or deleted since is not shown.</source>
        <translation>此儲存桶不保留版本：之後被覆寫或刪除的內容不會顯示。</translation>
    </message>
    <message>
        <source>No object whose name begins with it is known from that time</source>
        <translation>那個時間沒有名稱以它開頭的物件</translation>
    </message>
    <message>
        <source>Its list loops: a continuation token came twice</source>
        <translation>它的列表陷入循環：同一個 continuation token 出現兩次</translation>
    </message>
</context>
<context>
    <name>cairn::s3::Client</name>
    <message>
        <source>The bucket %1 at %2 cannot be listed</source>
        <translation>無法列出 %2 上的 bucket %1</translation>
    </message>
    <message>
        <source>%1 answered with a web page</source>
        <translation>%1 回應了網頁</translation>
    </message>
    <message>
        <source>%1 in the bucket %2 cannot be read</source>
        <translation>無法讀取 bucket %2 中的 %1</translation>
    </message>
    <message>
        <source>It returned a different number of bytes than it listed</source>
        <translation>它傳回的位元組數與列出的不同</translation>
    </message>
    <message>
        <source>List again; if this happens again, the store is not to be trusted</source>
        <translation>請再列出一次；若再發生，此儲存服務不可信任</translation>
    </message>
</context>
<context>
    <name>cairn::situation</name>
    <message>
        <source>container status lost (node restarted?)</source>
        <translation>容器狀態已遺失（節點重新啟動？）</translation>
    </message>
    <message>
        <source>now</source>
        <translation>剛剛</translation>
    </message>
    <message>
        <source>%1 d</source>
        <translation>%1 天</translation>
    </message>
</context>
<context>
    <name>cairn::situation::Activity</name>
    <message>
        <source>Step %1</source>
        <translation>步數 %1</translation>
    </message>
    <message>
        <source>Resumed from step %1</source>
        <translation>從步數 %1 接續</translation>
    </message>
    <message>
        <source>Resumed from a checkpoint</source>
        <translation>從檢查點接續</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失敗</translation>
    </message>
    <message>
        <source>Failed: %1</source>
        <translation>失敗：%1</translation>
    </message>
</context>
<context>
    <name>cairn::situation::Alerts</name>
    <message>
        <source>A change of %1 was not finished</source>
        <translation>%1 的變更未完成</translation>
    </message>
    <message>
        <source>%1 failed</source>
        <translation>%1 失敗</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <comment>namespace, cause</comment>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>A node of %1 is lost</source>
        <translation>%1 的節點失聯</translation>
    </message>
    <message>
        <source>%1 · whether it still trains is unknown</source>
        <comment>namespace</comment>
        <translation>%1 · 不知道它是否仍在訓練</translation>
    </message>
    <message>
        <source>The newest checkpoint of %1 is damaged</source>
        <translation>%1 最新的檢查點已損壞</translation>
    </message>
    <message>
        <source>The newest whole one is %1 old.</source>
        <translation>最新的完整檢查點是 %1 前的。</translation>
    </message>
    <message>
        <source>There is no whole one.</source>
        <translation>沒有完整的檢查點。</translation>
    </message>
    <message>
        <source>%1 has not saved for %2</source>
        <translation>%1 已有 %2 沒有儲存</translation>
    </message>
    <message>
        <source>It usually saves every %1.</source>
        <translation>它通常每 %1 儲存一次。</translation>
    </message>
    <message>
        <source>Node %1 is lost</source>
        <translation>節點 %1 失聯</translation>
    </message>
    <message>
        <source>No training job has a pod there.</source>
        <translation>沒有訓練工作在那裡有 Pod。</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) with a pod there: %1</source>
        <translation>
            <numerusform>%n 個工作在那裡有 Pod：%1</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 has no leader</source>
        <translation>%1 沒有領導者</translation>
    </message>
    <message>
        <source>Nobody holds its lease.</source>
        <translation>沒有人持有它的租約。</translation>
    </message>
    <message>
        <source>Its lease was last renewed %1 ago.</source>
        <translation>它的租約上次更新是 %1 前。</translation>
    </message>
    <message>
        <source>%1 is down</source>
        <translation>%1 停擺</translation>
    </message>
    <message>
        <source>%1 is %2 % full</source>
        <comment>PVC, part</comment>
        <translation>%1 已用 %2 %</translation>
    </message>
</context>
<context>
    <name>cairn::situation::Nodes</name>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>無</translation>
    </message>
    <message>
        <source>at most %1</source>
        <translation>最多 %1</translation>
    </message>
</context>
<context>
    <name>cairn::situation::Overview</name>
    <message>
        <source>checkpoints not read yet</source>
        <translation>尚未讀取檢查點</translation>
    </message>
    <message>
        <source>it never saved a checkpoint</source>
        <translation>從未儲存檢查點</translation>
    </message>
    <message>
        <source>no checkpoint can be trusted</source>
        <translation>沒有可信任的檢查點</translation>
    </message>
    <message>
        <source>newest whole checkpoint: step %1</source>
        <translation>最新完整檢查點：第 %1 步</translation>
    </message>
    <message>
        <source>there is a whole checkpoint</source>
        <translation>有完整的檢查點</translation>
    </message>
    <message>
        <source>started by %1; finish it, or roll it back</source>
        <comment>a program</comment>
        <translation>由 %1 開始；請完成它，或復原它</translation>
    </message>
    <message>
        <source>a node with a pod of this job is not answering; whether it still trains is unknown</source>
        <translation>有此工作 Pod 的節點沒有回應；不知道它是否仍在訓練</translation>
    </message>
    <message>
        <source>it has a pod on node %1, which is not answering; whether it still trains is unknown</source>
        <translation>它有 Pod 在節點 %1 上，該節點沒有回應；不知道它是否仍在訓練</translation>
    </message>
    <message>
        <source>its newest checkpoint is damaged</source>
        <translation>其最新檢查點已損毀</translation>
    </message>
    <message>
        <source>usually saves every %1, and has not for %2</source>
        <translation>通常每 %1 儲存一次，但已 %2 未儲存</translation>
    </message>
    <message>
        <source>%1 replicas ready</source>
        <translation>%1 個副本就緒</translation>
    </message>
    <message>
        <source>High availability</source>
        <translation>高可用性</translation>
    </message>
    <message numerus="yes">
        <source>%n component(s) do not tolerate a node failure</source>
        <translation>
            <numerusform>%n 個元件無法承受節點失效</numerusform>
        </translation>
    </message>
    <message>
        <source>the node is not ready</source>
        <translation>節點未就緒</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) with a pod there: %1</source>
        <translation>
            <numerusform>%n 個工作在那裡有 Pod：%1</numerusform>
        </translation>
    </message>
    <message>
        <source>no training job there</source>
        <translation>那裡沒有訓練工作</translation>
    </message>
    <message>
        <source>%1 % full</source>
        <comment>part of a PVC</comment>
        <translation>已用 %1 %</translation>
    </message>
    <message>
        <source>%1, full in %2 at %3 a day</source>
        <comment>part of a PVC, time, bytes</comment>
        <translation>%1，以每日 %3 的速度將在 %2 後用滿</translation>
    </message>
    <message>
        <source>no job uses it</source>
        <translation>沒有工作使用它</translation>
    </message>
    <message numerus="yes">
        <source>used by %1 and %n more</source>
        <translation>
            <numerusform>由 %1 和另外 %n 個使用</numerusform>
        </translation>
    </message>
    <message>
        <source>used by %1</source>
        <translation>由 %1 使用</translation>
    </message>
</context>
<context>
    <name>cairn::situation::WhyItDied</name>
    <message>
        <source>no space left on PVC %1</source>
        <translation>PVC %1 已無可用空間</translation>
    </message>
    <message>
        <source>no space left at %1</source>
        <translation>%1 已無可用空間</translation>
    </message>
    <message>
        <source>no space left on device</source>
        <translation>裝置已無可用空間</translation>
    </message>
    <message>
        <source>GPU out of memory</source>
        <translation>GPU 記憶體不足</translation>
    </message>
    <message>
        <source>OOMKilled: memory limit reached</source>
        <translation>OOMKilled：已達記憶體上限</translation>
    </message>
    <message>
        <source>out of memory</source>
        <translation>記憶體不足</translation>
    </message>
    <message>
        <source>/dev/shm is too small</source>
        <translation>/dev/shm 太小</translation>
    </message>
    <message>
        <source>GPU not usable</source>
        <translation>GPU 無法使用</translation>
    </message>
    <message>
        <source>a checkpoint does not load</source>
        <translation>檢查點無法載入</translation>
    </message>
    <message>
        <source>missing module %1</source>
        <translation>缺少模組 %1</translation>
    </message>
    <message>
        <source>missing module</source>
        <translation>缺少模組</translation>
    </message>
    <message>
        <source>missing file %1</source>
        <translation>缺少檔案 %1</translation>
    </message>
    <message>
        <source>missing file</source>
        <translation>缺少檔案</translation>
    </message>
    <message>
        <source>permission denied: %1</source>
        <translation>存取遭拒：%1</translation>
    </message>
    <message>
        <source>permission denied</source>
        <translation>存取遭拒</translation>
    </message>
    <message>
        <source>missing key %1</source>
        <translation>缺少鍵 %1</translation>
    </message>
    <message>
        <source>missing key</source>
        <translation>缺少鍵</translation>
    </message>
    <message>
        <source>lost peer %1</source>
        <translation>失去對等端 %1</translation>
    </message>
    <message>
        <source>lost another process of the job</source>
        <translation>失去工作的另一個行程</translation>
    </message>
    <message>
        <source>crashed with %1 (exit %2)</source>
        <translation>因 %1 當掉（結束代碼 %2）</translation>
    </message>
    <message>
        <source>It died because PVC %1 has no space left; it was writing to %2.</source>
        <translation>因 PVC %1 已無可用空間而終止；當時正在寫入 %2。</translation>
    </message>
    <message>
        <source>It died because there was no space left on a file system.</source>
        <translation>因檔案系統已無可用空間而終止。</translation>
    </message>
    <message>
        <source>It died because there was no space left at %1, which is on no PVC.</source>
        <translation>因 %1 已無可用空間而終止，該處不在任何 PVC 上。</translation>
    </message>
    <message>
        <source>It died because a GPU ran out of memory.</source>
        <translation>因 GPU 記憶體不足而終止。</translation>
    </message>
    <message>
        <source>It was OOMKilled: container %1 reached its memory limit.</source>
        <translation>遭 OOMKilled：容器 %1 達到其記憶體上限。</translation>
    </message>
    <message>
        <source>It died because it ran out of memory.</source>
        <translation>因記憶體不足而終止。</translation>
    </message>
    <message>
        <source>It died because shared memory (/dev/shm) was full.</source>
        <translation>因共享記憶體（/dev/shm）已滿而終止。</translation>
    </message>
    <message>
        <source>It died because a GPU could not be used.</source>
        <translation>因 GPU 無法使用而終止。</translation>
    </message>
    <message>
        <source>It died because a checkpoint does not load.</source>
        <translation>因檢查點無法載入而終止。</translation>
    </message>
    <message>
        <source>It died because the checkpoint %1 does not load.</source>
        <translation>因檢查點 %1 無法載入而終止。</translation>
    </message>
    <message>
        <source>It died because the image has no %1.</source>
        <translation>因映像檔沒有 %1 而終止。</translation>
    </message>
    <message>
        <source>It died because %1 does not exist.</source>
        <translation>因 %1 不存在而終止。</translation>
    </message>
    <message>
        <source>It died because it was denied access.</source>
        <translation>因存取遭拒而終止。</translation>
    </message>
    <message>
        <source>It died because it was denied access to %1.</source>
        <translation>因存取 %1 遭拒而終止。</translation>
    </message>
    <message>
        <source>It died because the key %1 is missing.</source>
        <translation>因缺少鍵 %1 而終止。</translation>
    </message>
    <message>
        <source>It died because another process of the job was gone or did not answer.</source>
        <translation>因工作的另一個行程已不存在或沒有回應而終止。</translation>
    </message>
    <message>
        <source>It died because its peer %1 was gone or did not answer.</source>
        <translation>因對等端 %1 已不存在或沒有回應而終止。</translation>
    </message>
    <message>
        <source>It was ended by %1 (exit %2), and its log does not say why.</source>
        <translation>遭 %1 終止（結束代碼 %2），其記錄未說明原因。</translation>
    </message>
    <message>
        <source>It exited with code %1; the line below is the last it printed.</source>
        <translation>它以結束代碼 %1 結束；最後一行輸出如下。</translation>
    </message>
    <message>
        <source>The line below is the last it printed.</source>
        <translation>最後一行輸出如下。</translation>
    </message>
    <message>
        <source>Write to a PVC, or raise the ephemeral storage.</source>
        <translation>請寫入 PVC，或提高 ephemeral storage。</translation>
    </message>
    <message>
        <source>Delete old checkpoints on PVC %1, or expand it.</source>
        <translation>請刪除 PVC %1 上的舊檢查點，或擴充它。</translation>
    </message>
    <message>
        <source>Use a smaller batch per GPU, gradient checkpointing or sharding.</source>
        <translation>請縮小每個 GPU 的 batch，或使用 gradient checkpointing 或分片（sharding）。</translation>
    </message>
    <message>
        <source>Raise the memory limit, or use fewer data loader workers.</source>
        <translation>請提高記憶體上限，或減少資料載入器的 worker。</translation>
    </message>
    <message>
        <source>Mount an emptyDir with medium Memory at /dev/shm.</source>
        <translation>請在 /dev/shm 掛載 medium 為 Memory 的 emptyDir。</translation>
    </message>
    <message>
        <source>Check that image, driver and the node&apos;s GPU are compatible; cordon the node if this happens again.</source>
        <translation>請檢查映像檔、驅動程式與節點的 GPU 是否相容；若再次發生，請封鎖該節點。</translation>
    </message>
    <message>
        <source>Resume from an older checkpoint, or check that it matches the model.</source>
        <translation>請從較舊的檢查點接續，或檢查它是否符合模型。</translation>
    </message>
    <message>
        <source>Use an image that has it.</source>
        <translation>請使用含有它的映像檔。</translation>
    </message>
    <message>
        <source>Check the path, and that its PVC is mounted there.</source>
        <translation>請檢查路徑，以及其 PVC 是否掛載在那裡。</translation>
    </message>
    <message>
        <source>Check runAsUser and fsGroup of the pod, and whether the volume is read-only.</source>
        <translation>請檢查 Pod 的 runAsUser 與 fsGroup，以及磁碟區是否為唯讀。</translation>
    </message>
    <message>
        <source>Check the configuration and the environment of the script.</source>
        <translation>請檢查指令碼的設定與環境變數。</translation>
    </message>
    <message>
        <source>Look at the other pods: the one that failed first has the cause.</source>
        <translation>請查看其他 Pod：最先失敗的那個才有原因。</translation>
    </message>
    <message>
        <source>Read the log of the previous run.</source>
        <translation>請閱讀前一次執行的記錄。</translation>
    </message>
</context>
<context>
    <name>cairn::storage::Explain</name>
    <message>
        <source>Not bound to a volume yet. Its class may wait for the first pod that mounts it.</source>
        <translation>尚未繫結磁碟區。其類別可能在等待第一個掛載它的 Pod。</translation>
    </message>
    <message>
        <source>Its volume %1 failed: %2</source>
        <translation>其磁碟區 %1 失敗：%2</translation>
    </message>
    <message>
        <source>The driver</source>
        <translation>此驅動程式</translation>
    </message>
    <message>
        <source>Not bound, so there is nothing to measure.</source>
        <translation>未繫結，沒有可量測的內容。</translation>
    </message>
    <message>
        <source>%1 reports nothing unless its administrator switches it on. A helper pod can look.</source>
        <translation>除非管理員啟用，%1 不會回報。可由輔助 Pod 查看。</translation>
    </message>
    <message>
        <source>%1 reports nothing. A helper pod can look.</source>
        <translation>%1 不會回報。可由輔助 Pod 查看。</translation>
    </message>
    <message>
        <source>No pod mounts it, and the kubelet knows only what is mounted. A helper pod can look.</source>
        <translation>沒有 Pod 掛載它，而 kubelet 只知道已掛載者。可由輔助 Pod 查看。</translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>另外 %n 個</numerusform>
        </translation>
    </message>
    <message>
        <source>One file system with %1; it is counted once.</source>
        <translation>與 %1 為同一個檔案系統；只計一次。</translation>
    </message>
    <message>
        <source>df by helper</source>
        <translation>輔助 Pod 的 df</translation>
    </message>
    <message>
        <source>kubelet</source>
        <translation>kubelet</translation>
    </message>
    <message>
        <source>Prometheus</source>
        <translation>Prometheus</translation>
    </message>
    <message>
        <source>Its volume %1 was deleted. Its data can no longer be reached through this PVC.</source>
        <translation>其磁碟區 %1 已被刪除。無法再透過此 PVC 取得其資料。</translation>
    </message>
    <message>
        <source>Its volume %1 is now bound to another PVC.</source>
        <translation>其磁碟區 %1 現在繫結至另一個 PVC。</translation>
    </message>
    <message>
        <source>Its volume %1 does not exist. Pods that mount this PVC will not start.</source>
        <translation>其磁碟區 %1 不存在。掛載此 PVC 的 Pod 將無法啟動。</translation>
    </message>
    <message>
        <source>It is being deleted, as soon as no pod mounts it.</source>
        <translation>沒有 Pod 掛載它之後就會被刪除。</translation>
    </message>
    <message>
        <source>A raw block device: how much of it is in use cannot be measured.</source>
        <translation>原始區塊裝置：無法量測使用了多少。</translation>
    </message>
    <message>
        <source>It has not been measured yet.</source>
        <translation>尚未量測。</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>無上限</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>不明</translation>
    </message>
    <message>
        <source>full</source>
        <translation>已滿</translation>
    </message>
    <message>
        <source>not enough history</source>
        <translation>歷史資料不足</translation>
    </message>
    <message>
        <source>not growing</source>
        <translation>未增長</translation>
    </message>
    <message>
        <source>within the hour</source>
        <translation>一小時內</translation>
    </message>
    <message>
        <source>%1 h</source>
        <comment>hours</comment>
        <translation>%1 小時</translation>
    </message>
    <message>
        <source>%1 d</source>
        <comment>days</comment>
        <translation>%1 天</translation>
    </message>
    <message>
        <source>All figures equal those of %1: they seem to be one file system, and are counted once.</source>
        <translation>所有數據都與 %1 相同：它們似乎是同一個檔案系統，只計算一次。</translation>
    </message>
    <message>
        <source>The figures are for the whole file system it is a folder of, which others may fill as well.</source>
        <translation>這些數據屬於它所在的整個檔案系統，其他人也可能使用。</translation>
    </message>
</context>
<context>
    <name>cairn::store::UsageHistory</name>
    <message>
        <source>Move the file away.</source>
        <translation>請將該檔案移開。</translation>
    </message>
    <message>
        <source>The old file is kept as %1.</source>
        <translation>舊檔案保留為 %1。</translation>
    </message>
    <message>
        <source>The file is damaged: %1</source>
        <translation>檔案已損壞：%1</translation>
    </message>
    <message>
        <source>Qt has no driver for SQLite.</source>
        <translation>Qt 沒有 SQLite 驅動程式。</translation>
    </message>
    <message>
        <source>Install the package libqt6sql6-sqlite.</source>
        <translation>請安裝套件 libqt6sql6-sqlite。</translation>
    </message>
    <message>
        <source>PVC usage could not be saved in %1</source>
        <translation>無法將 PVC 使用量記錄到 %1</translation>
    </message>
    <message>
        <source>Check the free space and the permissions of its folder. Everything else keeps working.</source>
        <translation>請檢查其資料夾的可用空間與權限。其他功能照常運作。</translation>
    </message>
    <message>
        <source>The PVC usage history %1 can be neither read nor set aside</source>
        <translation>PVC 使用量歷史 %1 無法讀取，也無法移開</translation>
    </message>
    <message>
        <source>The PVC usage history starts over</source>
        <translation>PVC 使用量歷史重新開始</translation>
    </message>
    <message>
        <source>It was written by a newer version of Cairn, in a format this one does not know.</source>
        <translation>它由較新版的 Cairn 寫入，此版本不認得其格式。</translation>
    </message>
    <message>
        <source>PVC usage cannot be saved</source>
        <translation>無法記錄 PVC 使用量</translation>
    </message>
</context>
<context>
    <name>cairn::text</name>
    <message>
        <source>%1 B</source>
        <translation>%1 B</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 分 %2 秒</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分鐘</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 小時 %2 分</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 小時</translation>
    </message>
    <message>
        <source>%1 d %2 h</source>
        <translation>%1 天 %2 小時</translation>
    </message>
    <message>
        <source>%1 d</source>
        <translation>%1 天</translation>
    </message>
    <message>
        <source>now</source>
        <translation>剛剛</translation>
    </message>
    <message>
        <source>%1 d ago</source>
        <translation>%1 天前</translation>
    </message>
    <message>
        <source>%1 s ago</source>
        <translation>%1 秒前</translation>
    </message>
    <message>
        <source>%1 min ago</source>
        <translation>%1 分鐘前</translation>
    </message>
    <message>
        <source>%1 h %2 min ago</source>
        <translation>%1 小時 %2 分前</translation>
    </message>
    <message>
        <source>%1 h ago</source>
        <translation>%1 小時前</translation>
    </message>
    <message>
        <source>%1 GPU-h</source>
        <translation>%1 GPU 小時</translation>
    </message>
    <message>
        <source>%1 GPU-min</source>
        <translation>%1 GPU 分鐘</translation>
    </message>
    <message>
        <source>%1 GPU-s</source>
        <translation>%1 GPU 秒</translation>
    </message>
    <message>
        <source>GPU-h</source>
        <translation>GPU 小時</translation>
    </message>
    <message>
        <source>GPU-min</source>
        <translation>GPU 分鐘</translation>
    </message>
    <message>
        <source>GPU-s</source>
        <translation>GPU 秒</translation>
    </message>
</context>
<context>
    <name>cairn::views::DataTable</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n 列</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %2 in view, %n hidden by the filter</source>
        <translation>
            <numerusform>顯示 %1/%2，篩選隱藏 %n 列</numerusform>
        </translation>
    </message>
</context>
</TS>
