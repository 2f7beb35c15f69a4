namespace Lucid.Contracts.Services;

/// <summary>How one app addresses another: across namespaces the id carries the callee's namespace.</summary>
public static class AppId
{
    /// <summary>The address of <paramref name="callee"/> as <paramref name="caller"/> must write it.</summary>
    public static string From(string caller, string callee)
    {
        var target = ServiceTable.Get(callee);
        return ServiceTable.Get(caller).Namespace == target.Namespace ? callee : $"{callee}.{target.Namespace}";
    }
}
