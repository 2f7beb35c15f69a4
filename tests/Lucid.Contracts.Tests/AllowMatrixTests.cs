using Lucid.Contracts.Access;
using Lucid.Contracts.Services;

namespace Lucid.Contracts.Tests;

public class AllowMatrixTests
{
    [Fact]
    public void No_rule_stands_twice_and_nobody_is_its_own_callee()
    {
        Assert.Equal(AllowMatrix.All.Count, AllowMatrix.All.Distinct().Count());
        Assert.DoesNotContain(AllowMatrix.All, rule => rule.Caller == rule.Callee);
    }

    [Fact]
    public void Between_payment_apps_the_sidecar_alone_decides_who_signs_and_broadcasts()
    {
        var decisive = AllowMatrix.All.Where(rule => rule.Template.StartsWith("/internal/v1/sign/", StringComparison.Ordinal) || rule.Template == "/internal/v1/broadcast").ToList();
        Assert.Equal(6, decisive.Count);
        Assert.All(decisive, rule => Assert.Equal(Wall.Sidecar, SidecarPolicy.DecidedBy(rule)));
    }
}
