using System.Text.RegularExpressions;
using Lucid.Contracts.Services;

namespace Lucid.Architecture;

public partial class ServiceBoundaryTests
{
    /// <summary>Apps of the service table that have no project yet, each with the reason.</summary>
    private static readonly Dictionary<string, string> NotBuiltYet = new()
    {
        [AppIds.RdpManager] = "cluster 04 is not built yet",
        [AppIds.Xrdp] = "cluster 04 is not built yet",
        [AppIds.SessionController] = "cluster 04 is not built yet",
        [AppIds.ResourceMonitor] = "cluster 04 is not built yet",
        [AppIds.NodeManagement] = "cluster 05 is not built yet",
        [AppIds.AdminInterface] = "cluster 06 is not built yet",
        [AppIds.TronClient] = "cluster 07 is not built yet",
        [AppIds.PayoutRouter] = "cluster 07 is not built yet",
        [AppIds.WalletManager] = "cluster 07 is not built yet",
        [AppIds.UsdtManager] = "cluster 07 is not built yet",
        [AppIds.TrxStaking] = "cluster 07 is not built yet",
        [AppIds.PaymentGateway] = "cluster 07 is not built yet",
    };

    [Fact]
    public void A_service_never_references_another_service()
    {
        var offences =
            from project in Repository.Projects
            where project.Folder.StartsWith("services/", StringComparison.Ordinal)
            from reference in project.References
            where reference.StartsWith("services/", StringComparison.Ordinal) && reference != "services/tron/Tron.Protocol"
            select $"{project.Path} references {reference}";
        Assert.Empty(offences);
    }

    [Fact]
    public void Building_blocks_reference_building_blocks_only()
    {
        var offences =
            from project in Repository.Projects
            where project.Folder.StartsWith("building-blocks/", StringComparison.Ordinal)
            from reference in project.References
            where !reference.StartsWith("building-blocks/", StringComparison.Ordinal)
            select $"{project.Path} references {reference}";
        Assert.Empty(offences);
    }

    [Fact]
    public void Only_payment_services_know_the_TRON_protocol()
    {
        var projects =
            from project in Repository.Projects
            where !project.Folder.StartsWith("services/tron/", StringComparison.Ordinal) && !project.Folder.StartsWith("tests/", StringComparison.Ordinal)
                && project.Folder != "tools/TronDevNode"
            from reference in project.References
            where reference.StartsWith("services/tron/", StringComparison.Ordinal)
            select $"{project.Path} references {reference}";
        Assert.Empty(projects);

        var sources =
            from folder in Directory.EnumerateDirectories(Path.Combine(Repository.Root, "services")).Select(Path.GetFileName)
            where folder != "tron"
            from file in Repository.Sources($"services/{folder}")
            where TronTerm().IsMatch(File.ReadAllText(file))
            select Path.GetRelativePath(Repository.Root, file);
        Assert.Empty(sources);
    }

    [Fact]
    public void Program_cs_of_a_service_has_at_most_30_lines()
    {
        var offences =
            from project in Repository.Projects
            where project.Folder.StartsWith("services/", StringComparison.Ordinal)
            let program = Path.Combine(Repository.Root, project.Folder, "Program.cs")
            where File.Exists(program) && File.ReadAllLines(program).Length > 30
            select project.Folder;
        Assert.Empty(offences);
    }

    [Fact]
    public void Every_app_of_the_service_table_has_a_project_or_a_reason()
    {
        var projects = Repository.Projects.Select(project => project.Folder).ToHashSet();
        var missing = ServiceTable.All.Where(service => !projects.Contains(service.Project) && !NotBuiltYet.ContainsKey(service.AppId)).Select(service => service.AppId);
        Assert.Empty(missing);
        var excusedButBuilt = ServiceTable.All.Where(service => projects.Contains(service.Project) && NotBuiltYet.ContainsKey(service.AppId)).Select(service => service.AppId);
        Assert.Empty(excusedButBuilt);
    }

    [Fact]
    public void Projects_carry_the_name_of_their_folder()
    {
        var offences = Repository.Projects
            .Where(project => project.Name != Path.GetFileName(project.Folder) && project.Name != $"Lucid.{Path.GetFileName(project.Folder)}")
            .Where(project => !project.Folder.StartsWith("bench/", StringComparison.Ordinal))
            .Select(project => project.Path);
        Assert.Empty(offences);
    }

    // Terms of the transaction protocol; the user's wallet address is an identity and may appear.
    [GeneratedRegex(@"TransferContract|TriggerSmartContract|trongrid|\bUSDT\b|\bTRC-?20\b|Tron\.Protocol|broadcasttransaction", RegexOptions.IgnoreCase)]
    private static partial Regex TronTerm();
}
