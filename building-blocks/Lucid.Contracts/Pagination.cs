namespace Lucid.Contracts;

/// <summary>Where a page stands in its list. Pages count from 1.</summary>
public sealed record Pagination(int Page, int Limit, long Total, long Pages, bool HasNext, bool HasPrevious)
{
    public static Pagination Of(int page, int limit, long total)
    {
        var pages = (total + limit - 1) / limit;
        return new(page, limit, total, pages, page < pages, page > 1);
    }
}
