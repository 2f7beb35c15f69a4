namespace Lucid.ServiceDefaults.Wall;

/// <summary>What the second wall says about a request.</summary>
internal enum Verdict
{
    Pass,

    /// <summary>No or a wrong sidecar token.</summary>
    NoToken,

    /// <summary>The allow matrix has no such permission for the caller.</summary>
    NotAllowed,

    /// <summary>A route only the own sidecar may call, but the request names a calling app.</summary>
    SidecarOnly,

    /// <summary>An ordinary route, but the request names no calling app.</summary>
    NoCaller,

    /// <summary>The caller headers contradict each other.</summary>
    BadCaller,
}
