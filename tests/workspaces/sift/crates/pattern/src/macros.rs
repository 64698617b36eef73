/// Builds an [`Any`](crate::Any) of literals: `literals!["a", "b"]`.
#[macro_export]
macro_rules! literals {
    ($($text:expr),+ $(,)?) => {{
        let mut builder = $crate::AnyBuilder::new();
        $(
            builder = builder.push($crate::Literal::new($text)?);
        )+
        builder.build()
    }};
}
