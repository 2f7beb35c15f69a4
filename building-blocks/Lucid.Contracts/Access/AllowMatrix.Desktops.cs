using static Lucid.Contracts.Services.AppIds;

namespace Lucid.Contracts.Access;

/// <content>Cluster 04. Literals come first where the session controller may do less than the manager.</content>
public static partial class AllowMatrix
{
    private static IEnumerable<AllowRule> DesktopCluster() =>
    [
        .. Rules(RdpManager, Xrdp,
            "GET /internal/v1/services", "POST /internal/v1/services",
            "GET /internal/v1/services/{server}", "DELETE /internal/v1/services/{server}", "POST /internal/v1/services/{server}/{command}",
            "GET /internal/v1/statistics"),
        .. from caller in (string[])[RdpManager, SessionController]
           from rule in Rules(caller, Xrdp,
               "POST /internal/v1/configurations/{action}", "DELETE /internal/v1/configurations/{server}", "POST /internal/v1/settings/{server}/{setting}")
           select rule,
        .. from caller in (string[])[SessionController, ResourceMonitor]
           from rule in Rules(caller, Xrdp, "POST /internal/v1/relays/{server}/{action}", "GET /internal/v1/relays/{server}/counters")
           select rule,
        .. Rules(Xrdp, SessionController,
            "PUT /internal/v1/sessions/status/{session}", "POST /internal/v1/sessions/auth-result/{session}", "POST /internal/v1/sessions/activity/{session}"),
        .. Rules(RdpManager, SessionController,
            "GET /internal/v1/desktops", "POST /internal/v1/desktops", "GET /internal/v1/desktops/{session}", "DELETE /internal/v1/desktops/{session}",
            "POST /internal/v1/desktops/{session}/{command}"),
        .. from caller in (string[])[RdpManager, SessionController]
           from rule in Rules(caller, ResourceMonitor,
               "POST /internal/v1/monitoring", "DELETE /internal/v1/monitoring/{session}", "GET /internal/v1/monitoring/{session}/{series}",
               "POST /internal/v1/monitoring/{session}/collect")
           select rule,
    ];
}
