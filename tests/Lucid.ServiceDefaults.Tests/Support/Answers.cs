using System.Net;
using System.Text.Json;

namespace Lucid.ServiceDefaults.Tests.Support;

internal static class Answers
{
    /// <summary>Checks status and code of an error envelope and gives its body.</summary>
    public static async Task<JsonElement> AssertErrorAsync(this HttpResponseMessage response, HttpStatusCode status, string code, string? reason = null)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode} instead of {(int)status}: {text}");
        var error = JsonDocument.Parse(text).RootElement.GetProperty("error");
        Assert.Equal("LUCID_ERR_" + code, error.GetProperty("code").GetString());
        if (reason is not null)
        {
            Assert.Equal(reason, error.GetProperty("details").GetProperty("reason").GetString());
        }

        return error;
    }
}
