using Lucid.Contracts.Services;

namespace Lucid.Contracts.Tests;

public class AppIdTests
{
    [Fact]
    public void Every_app_id_carries_the_prefix_of_the_guide() =>
        Assert.All(
            typeof(AppIds).GetFields().Select(f => (string)f.GetRawConstantValue()!),
            id => Assert.StartsWith("lucid-", id, StringComparison.Ordinal));
}
