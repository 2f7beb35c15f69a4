using static Lucid.Contracts.Access.RouteAccess;
using static Lucid.Contracts.Services.AppIds;

namespace Lucid.Contracts.Access;

/// <content>Cluster 04 (§3). The prefix <c>/rdp</c> keeps desktops apart from recorded sessions.</content>
public static partial class PublicRouteTable
{
    private static IEnumerable<PublicRoute> DesktopRoutes() =>
    [
        .. Same(RdpManager, User,
            "GET /rdp/servers", "POST /rdp/servers", "GET /rdp/servers/{server}", "PUT /rdp/servers/{server}", "DELETE /rdp/servers/{server}",
            "POST /rdp/servers/{server}/start", "POST /rdp/servers/{server}/stop", "POST /rdp/servers/{server}/restart",
            "GET /rdp/servers/{server}/status", "GET /rdp/servers/{server}/service-status", "POST /rdp/servers/{server}/test-connection",
            "GET /rdp/servers/{server}/configuration", "PUT /rdp/servers/{server}/configuration", "GET /rdp/servers/{server}/certificate",
            "GET /rdp/servers/{server}/resources", "GET /rdp/servers/{server}/usage", "GET /rdp/servers/{server}/usage/history",
            "GET /rdp/servers/{server}/alerts", "GET /rdp/servers/{server}/sessions",
            "GET /rdp/sessions", "POST /rdp/sessions", "GET /rdp/sessions/{session}", "DELETE /rdp/sessions/{session}",
            "POST /rdp/sessions/{session}/connect", "POST /rdp/sessions/{session}/disconnect",
            "GET /rdp/sessions/{session}/metrics", "GET /rdp/sessions/{session}/health", "GET /rdp/sessions/{session}/connections",
            "GET /rdp/sessions/{session}/connections/{connection}", "GET /rdp/sessions/{session}/connections/{connection}/{aspect}",
            "GET /rdp/sessions/{session}/files", "POST /rdp/sessions/{session}/files", "GET /rdp/sessions/{session}/files/{file}",
            "GET /rdp/monitoring/resources", "GET /rdp/monitoring/sessions", "GET /rdp/monitoring/alerts", "POST /rdp/monitoring/alerts/{alert}/resolve"),
        .. Same(RdpManager, Public, "GET /rdp/sessions/{session}/connect/file"), // its credential is the single-use connect token
        .. Same(RdpManager, NodeOperator,
            "POST /rdp/servers/{server}/maintenance", "DELETE /rdp/servers/{server}/maintenance",
            "GET /rdp/ports/available", "GET /rdp/xrdp/config", "GET /rdp/xrdp/service/status", "GET /rdp/monitoring/summary"),
        .. Same(RdpManager, Admin,
            "PUT /rdp/xrdp/config", "POST /rdp/xrdp/service/{command}", "GET /rdp/monitoring/limits", "PUT /rdp/monitoring/limits"),
        .. Same(RdpManager, SuperAdmin, "POST /rdp/ports/allocate", "DELETE /rdp/ports/{port}"),
    ];
}
